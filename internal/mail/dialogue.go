package mail

import (
	"errors"
	"fmt"
	"io"
	"net/textproto"

	gomail "github.com/wneessen/go-mail"
	"github.com/wneessen/go-mail/smtp"
)

// reply is a mail server's refusal of one command.
type reply struct {
	Command string
	Code    int // three digits: RFC 5321 §4.2
	text    string
}

func (r *reply) Error() string { return fmt.Sprintf("%s: replied %d", r.Command, r.Code) }

const codeClosing = 421 // RFC 5321 §3.8: the server ends the connection

// dialogue hands over one message (RFC 5321 §3.3). heard reports whether the
// server took part at all: if not, it had hung up before, and the message can be
// tried on another connection without being sent twice. After an error the
// connection is of no more use.
func (s *Sender) dialogue(c *smtp.Client, m *gomail.Msg) (heard bool, err error) {
	from, err := m.GetSender(false) // in angle brackets, as the recipients
	if err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	to, err := m.GetRecipients()
	if err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	if err := c.UpdateDeadline(s.timeout); err != nil {
		return false, fmt.Errorf("hand over mail: %w", err)
	}
	if heard, err = envelope(c, "MAIL FROM:"+from, "RCPT TO:"+to[0], "DATA"); err != nil {
		return heard, err
	}
	if err := c.UpdateDeadline(s.timeout); err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	w := c.Text.DotWriter()
	if _, err := m.WriteTo(w); err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	if err := w.Close(); err != nil {
		return true, fmt.Errorf("hand over mail: %w", err)
	}
	return true, answer(c, "the message")
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
			err := answer(c, asked)
			var r *reply
			if err != nil && !errors.As(err, &r) {
				return heard, errors.Join(refusal, err)
			}
			if asked == commands[0] {
				heard = r == nil || r.Code != codeClosing
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

// answer reads the reply to a command: 354 for DATA, else any of success.
func answer(c *smtp.Client, command string) error {
	want := 2
	if command == "DATA" {
		want = 354
	}
	_, _, err := c.Text.ReadResponse(want)
	var refused *textproto.Error
	if errors.As(err, &refused) {
		return &reply{command[:4], refused.Code, refused.Msg}
	}
	if err != nil {
		return fmt.Errorf("hand over mail: %w", err)
	}
	return nil
}
