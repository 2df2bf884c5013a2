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
	msg, err := composer.Compose(claim, time.Now())
	if err != nil {
		return err
	}
	return send(ctx, e, cfg, msg, "mail test")
}

// send hands a letter to the providers in their order and tells what was said.
func send(ctx context.Context, e env, cfg *config.Config, msg *idpmail.Message, command string) error {
	senders, err := app.Senders(cfg, time.Now)
	if err != nil {
		return err
	}
	defer senders.Close()
	began := time.Now()
	fmt.Fprintf(e.out, "from %s to %s\n", msg.From, msg.To)
	name, failure := senders.Send(ctx, msg, "")
	if failure == nil {
		fmt.Fprintf(e.out, "%s took the mail after %d ms; what happens to it now, only the mailbox shows\n", name, time.Since(began).Milliseconds())
		return nil
	}
	switch said := idpmail.Said(failure); {
	case said != "":
		return fmt.Errorf("%s: %s: %w: %s", command, name, failure, said)
	case failure.Verdict == idpmail.Elsewhere:
		setting := providerSetting(cfg, name)
		return fmt.Errorf("%s: %w (%s, %s)", command, failure, setting, cfg.Where(setting))
	}
	return fmt.Errorf("%s: %s: %w", command, name, failure)
}

// providerSetting is the YAML path of a mail provider.
func providerSetting(cfg *config.Config, name string) string {
	for i, p := range cfg.Mail.Providers {
		if p.Name == name {
			return fmt.Sprintf("mail.providers[%d]", i)
		}
	}
	return "mail.smtp"
}
