package main

import (
	"context"
	"fmt"
	"time"

	"idp/internal/app"
	"idp/internal/config"
	"idp/internal/magiclink"
	idpmail "idp/internal/mail"
)

// sendSample sends one letter and tells how that went.
func sendSample(ctx context.Context, e env, cfg *config.Config, composer *idpmail.Composer, claim *magiclink.Claim) error {
	sender, err := app.NewSender(cfg)
	if err != nil {
		return err
	}
	defer sender.Close()
	began := time.Now()
	msg, err := composer.Compose(claim, began)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "from %s to %s, through %s (%s)\n", cfg.Mail.From, claim.Letter.Recipient, sender.Name(), cfg.Mail.SMTP.Security)
	if err := sender.Send(ctx, msg); err != nil {
		if said := idpmail.Said(err); said != "" {
			return fmt.Errorf("mail test: %w: %s", err, said)
		}
		return fmt.Errorf("mail test: %w", err)
	}
	fmt.Fprintf(e.out, "the server took the mail after %d ms; what happens to it now, only the mailbox shows\n", time.Since(began).Milliseconds())
	return nil
}
