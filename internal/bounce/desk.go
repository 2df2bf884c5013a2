package bounce

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/secret"
)

// Store keeps what came back.
type Store interface {
	RecordBounce(ctx context.Context, b magiclink.Bounce) error
}

// Desk takes reports.
type Desk struct {
	Store Store
	Keys  *secret.Keyring
	Now   func() time.Time
}

// ErrForeign says that a report is about no letter of ours, or does not prove it.
var ErrForeign = errors.New("bounce: not about a letter of this server")

// Take records a report of another mail server. It returns ErrForeign for one
// without the reference of our letter.
func (d *Desk) Take(ctx context.Context, r Report) error {
	for _, text := range r.Recipients {
		for _, candidate := range []string{text, plain(text)} {
			email, err := canonical(candidate)
			if err != nil {
				continue
			}
			if id, ok := mail.FindRef(d.Keys, r.Returned, email); ok {
				return d.record(ctx, magiclink.Bounce{LetterID: id, Email: email, Status: r.Status, WrittenAt: secret.IDTime("let_", id)}, r.Action)
			}
		}
	}
	return ErrForeign
}

// record keeps what an action means; a delivery means nothing new.
func (d *Desk) record(ctx context.Context, b magiclink.Bounce, action string) error {
	b.At, b.Reason = d.Now(), mail.ReasonOf(b.Status)
	switch action {
	case "delayed":
		b.Delayed = true
	case "failed":
		// A full mailbox may have room tomorrow, 4.X.X is a server that gave up, and a
		// policy is about us: when it ends, nobody should go on waiting.
		b.Mark = len(b.Status) > 0 && b.Status[0] == '5' && b.Reason != magiclink.MailboxFull && b.Reason != magiclink.Policy
	default:
		return nil
	}
	if err := d.Store.RecordBounce(ctx, b); err != nil {
		return fmt.Errorf("take report: %w", err)
	}
	return nil
}

// canonical is the address as we would have written to it, also if others name its
// domain in its own script (RFC 6533).
func canonical(text string) (string, error) {
	if email, err := magiclink.ParseAddress(text); err == nil {
		return email, nil
	}
	return magiclink.ParseAddressIDN(text)
}
