package mail_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"idp/internal/mail"
)

// A server that cannot be used is named with its port and the reason, as a warning,
// in the log and in the outbox.
func TestServerThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	plain := &script{replies: map[string]string{}}
	away := &script{replies: map[string]string{"CONNECT": "554 5.7.1 go away"}}
	mute := &script{replies: map[string]string{"CONNECT": "hang"}}
	cut := &script{replies: map[string]string{"RCPT": "cut"}}
	for name, c := range map[string]struct {
		server mail.Server
		want   string
	}{
		"nobody listens": {mail.Server{Host: quiet, Port: freePort(t), Security: mail.Plain}, "connection refused"},
		"no TLS":         {mail.Server{Port: plain.listen(t), Security: mail.TLS}, "TLS: the server does not speak it there"},
		"silence":        {mail.Server{Port: mute.listen(t), Security: mail.Plain}, "timed out"},
		"turned away":    {mail.Server{Port: away.listen(t), Security: mail.Plain}, "replied 554 before any mail"},
		"hung up":        {mail.Server{Port: cut.listen(t), Security: mail.Plain}, "connection closed by the server"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, c.server)
			var log bytes.Buffer
			o.worker.Log = slog.New(slog.NewTextHandler(&log, nil))
			host := c.server.Host
			if host == "" {
				host = "127.0.0.1"
			}
			want := fmt.Sprintf("mail server %s:%d: ", host, c.server.Port)
			d := o.delivery(t, o.ask(t))
			if !strings.HasPrefix(d.Reply, want) || !strings.Contains(d.Reply, c.want) {
				t.Errorf("the outbox says %q, want %s…%s", d.Reply, want, c.want)
			}
			if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), want) {
				t.Errorf("the log says %s", &log)
			}
		})
	}
}
