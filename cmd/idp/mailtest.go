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
	senders, err := app.Senders(cfg, time.Now)
	if err != nil {
		return err
	}
	defer senders.Close()
	began := time.Now()
	msg, err := composer.Compose(claim, began)
	if err != nil {
		return err
	}
	fmt.Fprintf(e.out, "from %s to %s\n", cfg.Mail.From, claim.Letter.Recipient)
	name, failure := senders.Send(ctx, msg, "")
	if failure == nil {
		fmt.Fprintf(e.out, "%s took the mail after %d ms; what happens to it now, only the mailbox shows\n", name, time.Since(began).Milliseconds())
		return nil
	}
	if said := idpmail.Said(failure); said != "" {
		return fmt.Errorf("mail test: %s: %w: %s", name, failure, said)
	}
	return fmt.Errorf("mail test: %s: %w", name, failure)
}
