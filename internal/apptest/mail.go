package apptest

import (
	"context"
	"regexp"
	"time"

	"idp/internal/inbox"
)

// Mail is a login mail as its reader sees it.
type Mail struct {
	*inbox.Message
	Link, Code, Number, NotMe string
}

// A mail is there in milliseconds, or after its lease if a process died over it;
// this is how long a test waits before it says that there is none.
const mailPatience = 45 * time.Second

// settleAgain is how long a look at the outbox stays good if nothing is logged: a
// letter that may not be sent is dropped without a word.
const settleAgain = 20 * time.Millisecond

var (
	linkInMail   = regexp.MustCompile(`https?://\S+/l/[0-9A-Za-z]+`)
	notMeInMail  = regexp.MustCompile(`https?://\S+/n/[0-9A-Za-z._-]+`)
	codeLine     = regexp.MustCompile(`(?m)^@\S+ #\S+\r?$`)
	codeInMail   = regexp.MustCompile(`(?m)^(?:@\S+ #|Your code: )(\S+)\r?$`) // in every language
	numberInMail = regexp.MustCompile(`<strong>(\d\d)</strong>`)
)

// NextMail waits for the first mail of a sign-in to an address that is newer than
// after, a value of Inbox.Last from before the act that sends it.
func (p *Provider) NextMail(after uint64, to string) Mail {
	p.t.Helper()
	m := p.nextOf(after, to, false)
	mail := Mail{Message: m, Link: linkInMail.FindString(m.Text), Code: group(codeInMail, m.Text), Number: group(numberInMail, m.HTML), NotMe: notMeInMail.FindString(m.Text)}
	if mail.Link == "" || mail.Code == "" || mail.Number == "" {
		p.t.Fatalf("the mail lacks link, code or number:\n%s", m.Text)
	}
	return mail
}

// NextNotice is NextMail for mails that tell what happened in a person's name.
func (p *Provider) NextNotice(after uint64, to string) *inbox.Message {
	p.t.Helper()
	return p.nextOf(after, to, true)
}

// isNotice recognises a mail that signs nobody in.
func isNotice(m *inbox.Message) bool {
	return !codeLine.MatchString(m.Text) && !codeInMail.MatchString(m.Text)
}

// nextOf waits for the next notice, or the next mail that is none.
func (p *Provider) nextOf(after uint64, to string, notice bool) *inbox.Message {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), mailPatience)
	defer cancel()
	for {
		m, err := p.Inbox.Next(ctx, after, "to:"+to)
		if err != nil {
			p.t.Fatalf("mail to %s: %v", to, err)
		}
		if after = m.Seq; isNotice(m) != notice {
			continue
		}
		if p.App != nil {
			p.settle(ctx)
		}
		return m
	}
}

// settle waits until the provider has written down that its letters are sent. If
// a test moved the clock before that, their leases would run out, and the
// provider would rightly send them once more.
func (p *Provider) settle(ctx context.Context) {
	p.t.Helper()
	for {
		written := p.Logs.Next() // the worker logs what it wrote down
		next, err := p.App.Store.NextLetterAt(ctx, p.Clock.Now())
		if err != nil {
			p.t.Fatalf("wait for the letter's fate: %v", err)
		}
		if next.IsZero() {
			return
		}
		select {
		case <-written:
		case <-time.After(settleAgain):
		}
	}
}

// restFor bounds what a leap of the clock waits for: a letter whose server does not
// answer stays where it is.
const restFor = 300 * time.Millisecond

// rest waits until no letter is with its worker. A notice may be, which nobody waits
// for: after a leap, the worker's own patience would be over.
func (p *Provider) rest() {
	ctx, cancel := context.WithTimeout(context.Background(), restFor)
	defer cancel()
	for {
		written := p.Logs.Next()
		next, err := p.App.Store.NextLetterAt(ctx, p.Clock.Now())
		if err != nil || next.IsZero() {
			return
		}
		select {
		case <-written:
		case <-ctx.Done():
			return
		}
	}
}

func group(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}
