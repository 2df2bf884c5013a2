package mail

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/textproto"
	"regexp"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// enhanced is a status code of RFC 3463. In a reply it is stated in front of a line's
// text (RFC 2034 §4), or behind a # where it pleases a server: qmail and Cisco's do so.
// It is no part of a longer number, such as an address.
var (
	enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}$`)
	stated   = regexp.MustCompile(`(?m)(?:^|#)([245]\.\d{1,3}\.\d{1,3})(?:\.?(?:[^.\d]|$))`)
)

// dialogue hands over one message (RFC 5321 §3.3). heard reports whether the
// server took part at all: if not, it had hung up before, or takes no more mails on
// this connection, and the message can be tried on another one without being sent
// twice. After an error the connection is of no more use.
func (s *SMTP) dialogue(ctx context.Context, c *smtp.Client, m *Message) (heard bool, err error) {
	if err := c.UpdateDeadline(s.left(ctx, envelopeTimeout)); err != nil {
		return false, fmt.Errorf("hand over mail: %w", err)
	}
	if heard, err = envelope(c, "MAIL FROM:<"+m.From+">", "RCPT TO:<"+m.To+">", "DATA"); err != nil {
		return heard, err
	}
	if err := c.UpdateDeadline(s.left(ctx, messageTimeout)); err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	if _, err := c.Text.W.Write(stuffed(s.headers, m.Raw)); err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	if err := c.Text.W.Flush(); err != nil {
		return true, unanswered(err)
	}
	return true, said(answer(c, "the message"))
}

// stuffed is a message as it is said after DATA, in one write: with CRLF at the end
// of each line, a second dot before each that begins with one, and a dot by itself
// at the end (RFC 5321 §4.5.2). textproto does it byte by byte.
func stuffed(headers, raw string) []byte {
	out := make([]byte, 0, len(headers)+len(raw)+len(raw)/64)
	out = append(out, headers...)
	for line := range strings.Lines(raw) {
		if line[0] == '.' {
			out = append(out, '.')
		}
		out = append(append(out, strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")...), "\r\n"...)
	}
	return append(out, ".\r\n"...)
}

// said tells a refusal of the whole message from silence after it.
func said(err error) error {
	var f *Failure
	if err == nil || errors.As(err, &f) {
		return err
	}
	return unanswered(err)
}

// left is the time for a stage of the dialogue, which must end before ctx does.
func (s *SMTP) left(ctx context.Context, stage time.Duration) time.Duration {
	stage = min(stage, s.limit)
	if end, ok := ctx.Deadline(); ok {
		stage = min(stage, time.Until(end))
	}
	return stage
}

// envelope says the commands: together, if the server takes them so (RFC 2920),
// else one after the other.
func envelope(c *smtp.Client, commands ...string) (heard bool, err error) {
	together, _ := c.Extension("PIPELINING")
	var refusal error
	for i, command := range commands {
		if _, err := io.WriteString(c.Text.W, command+"\r\n"); err != nil {
			return heard, fmt.Errorf("hand over mail: %w", err)
		}
		if together && i < len(commands)-1 {
			continue
		}
		if err := c.Text.W.Flush(); err != nil {
			return heard, fmt.Errorf("hand over mail: %w", err)
		}
		first := i
		if together {
			first = 0
		}
		for _, asked := range commands[first : i+1] {
			err := answer(c, asked[:4])
			var r *reply
			if err != nil && !errors.As(err, &r) {
				return heard, cmp.Or(refusal, err)
			}
			if asked == commands[0] {
				heard = r == nil || r.Code < 400 || r.Code > 499
			}
			if refusal == nil {
				refusal = err // the others only follow from the first
			}
		}
		if refusal != nil {
			return heard, refusal
		}
	}
	return heard, nil
}

// answer reads the reply to what was said, the verb of a command or the message: 354
// for DATA, else any of success.
func answer(c *smtp.Client, what string) error {
	want := 2
	if what == "DATA" {
		want = 354
	}
	_, _, err := c.Text.ReadResponse(want)
	var refused *textproto.Error
	if errors.As(err, &refused) {
		r := &reply{Command: what, Code: refused.Code, said: refused.Msg}
		if m := stated.FindStringSubmatch(refused.Msg); m != nil {
			r.Status = m[1]
		}
		return r.failure()
	}
	if err != nil {
		return fmt.Errorf("hand over mail: %w", err)
	}
	return nil
}
