package mail_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
)

// A server that lists mechanisms which it cannot serve, as many do, is signed in to
// by one that it can; and a relay on this machine needs no TLS for a password.
func TestSignInAtServers(t *testing.T) {
	t.Parallel()
	const plain = "AUTH PLAIN AGlkcABodW50ZXIy"
	for offered, c := range map[string]struct {
		security mail.Security
		want     string // what the server hears first; "" for nothing
	}{
		"NTLM CRAM-MD5 PLAIN LOGIN":       {mail.StartTLS, plain},
		"GSSAPI NTLM CRAM-MD5 LOGIN":      {mail.StartTLS, "AUTH LOGIN"},
		"plain  login":                    {mail.StartTLS, plain},
		"PLAIN LOGIN":                     {mail.Plain, plain},
		"LOGIN":                           {mail.Plain, "AUTH LOGIN"},
		"PLAIN CRAM-MD5 SCRAM-SHA-1":      {mail.StartTLS, "AUTH SCRAM-SHA-1"},
		"GSSAPI XOAUTH2 EXTERNAL PLAINER": {mail.StartTLS, ""},
	} {
		t.Run(offered+", "+string(c.security), func(t *testing.T) {
			t.Parallel()
			s := &script{replies: map[string]string{"EHLO": "250-hello\r\n250-STARTTLS\r\n250 AUTH " + offered, "STARTTLS": "tls", "AUTH": "235 2.7.0 welcome"}}
			server := mail.Server{Port: s.listen(t), Security: c.security, RootCAs: s.certified(t), Username: "idp", Password: secret.TokenOf("hunter2")}
			o := newOffice(t, server)
			d := o.delivery(t, o.ask(t))
			if c.want == "" {
				if d.State != magiclink.Deferred || s.said("AUTH") || !strings.HasSuffix(d.Reply, ": the server offers no way to sign in that is known here") {
					t.Errorf("%+v", d)
				}
				return
			}
			if said := s.line("AUTH"); !strings.HasPrefix(said, c.want) {
				t.Errorf("the server heard %q, want %q", said, c.want)
			}
			if !strings.Contains(c.want, "SCRAM") && d.State != magiclink.Accepted { // this server cannot prove itself
				t.Errorf("%+v", d)
			}
		})
	}
}

// Connections on which no mail can be handed over are hung up, not left to servers
// that count them.
func TestUselessConnectionsAreHungUp(t *testing.T) {
	t.Parallel()
	for name, s := range map[string]*script{
		"no STARTTLS":     {replies: map[string]string{}},
		"hello refused":   {replies: map[string]string{"EHLO": "550 no", "HELO": "550 no"}},
		"wrong password":  {replies: map[string]string{"EHLO": "250-hello\r\n250-STARTTLS\r\n250 AUTH PLAIN", "STARTTLS": "tls", "AUTH": "535 5.7.8 no", "QUIT": "500 what?"}},
		"nothing offered": {replies: map[string]string{"EHLO": "250-hello\r\n250 STARTTLS", "STARTTLS": "tls"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.ended = make(chan struct{})
			server := mail.Server{Port: s.listen(t), Security: mail.StartTLS, RootCAs: s.certified(t), Username: "idp", Password: secret.TokenOf("hunter2")}
			o := newOffice(t, server)
			if d := o.delivery(t, o.ask(t)); d.State != magiclink.Deferred {
				t.Fatalf("%+v", d)
			}
			select {
			case <-s.ended:
			case <-time.After(5 * time.Second):
				t.Error("the connection is open still")
			}
		})
	}
}
