package doctor

import (
	"context"
	"fmt"

	"idp/internal/mail"
)

// Mailbox are the checks that send a test mail to an address, by each provider.
func (s *Subject) Mailbox(to string, compose *mail.Composer) []Check {
	var checks []Check
	for _, p := range s.Providers {
		checks = append(checks, Check{"test mail by " + p.Name, true, func(ctx context.Context) []Finding {
			return []Finding{s.send(ctx, p, to, compose)}
		}})
	}
	return checks
}

func (s *Subject) send(ctx context.Context, p Provider, to string, compose *mail.Composer) Finding {
	t := newTrial(s.Keys, s.Config.Issuer, p.Name, s.Now())
	m, err := compose.Trial(to, t.ref, t.subject, t.text, t.html, s.Now())
	if err != nil {
		return problem("mend mail.from or the address", "no test mail can be written: %v", err)
	}
	if err := p.Sender.Send(ctx, m); err != nil {
		return problem("see what the provider says of the address and of "+s.Config.Mail.From, "%s did not take the test mail: %v", p.Name, err)
	}
	return ok("taken; when it is there, save it as a file, with all headers, and run idp doctor --received FILE (%s)", fmt.Sprintf("Test: %s", t.ref))
}
