package magiclink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Template names a kind of letter.
type Template string

// The letters. All but the first tell the owner of an address what happened in
// their name, and carry no secret.
const (
	SignInLetter  Template = ""
	NewBrowser    Template = "new_browser"
	SessionsEnded Template = "sessions_ended"
	WrongCodes    Template = "wrong_codes"
)

// noticeLife is how long a notice is worth sending.
const noticeLife = 24 * time.Hour

// Notice is something that happened in a person's name.
type Notice struct {
	Template    Template
	Email       string
	Locale      string
	ChallengeID string // of the sign-in that it is about; "" if it is about none
	ClientID    string // that the person signed in to; "" for none
	UserAgent   string // of whoever did it
}

// Notify stores a notice for the mail worker. Nobody waits for it.
func (s *Service) Notify(ctx context.Context, n Notice) error {
	if !s.settings.Notices {
		return nil
	}
	now := s.now()
	err := s.store.StoreNotice(ctx, Letter{
		ID: secret.NewID("let_", now), Template: n.Template, ChallengeID: n.ChallengeID, Recipient: n.Email, Locale: n.Locale,
		ClientID: n.ClientID, UserAgent: n.UserAgent, AskedAt: now, ExpiresAt: now.Add(noticeLife),
	})
	if err != nil {
		return fmt.Errorf("notify: %w", err)
	}
	s.courier.Wake()
	return nil
}

// OnNoticeLost sets what is called when a notice could not be stored. What it is
// about has happened all the same. It must be called before the service is used.
func (s *Service) OnNoticeLost(lost func(error)) { s.noticeLost = lost }

// announce tells the owner of an address that it signed in where it never did
// before. A first sign-in of all is no news; and an application that runs the login
// itself may keep no mark to know it by, so every sign-in there would be.
func (s *Service) announce(ctx context.Context, ok *Approval, a Asker) {
	// The database keeps milliseconds.
	first := ok.User.CreatedAt.UnixMilli() >= ok.Session.CreatedAt.UnixMilli()
	if !s.settings.Announce || first || ok.Challenge.Native() || s.knownFrom(ok, a.Marks) {
		return
	}
	s.lost(s.Notify(ctx, Notice{
		Template: NewBrowser, Email: ok.User.Email, Locale: ok.User.Locale, ChallengeID: ok.Challenge.ID, ClientID: ok.Challenge.ClientID, UserAgent: a.UserAgent,
	}))
}

// knownFrom reports whether the browser has a mark that was good before the sign-in.
func (s *Service) knownFrom(ok *Approval, marks []string) bool {
	id, made := s.markOf(ok.Challenge.Email, marks)
	return id != "" && !made.Before(ok.MarksFrom)
}

// guessed tells the owner of an address, once a day, that codes for it rest.
func (s *Service) guessed(ctx context.Context, email, locale string, err error) {
	var limited *idp.LimitedError
	if !errors.As(err, &limited) || limited.Limit != "wrong_per_address" || !s.settings.Notices {
		return
	}
	once := s.counts("wrong_codes_notice", []Rate{{1, noticeLife}}, mailboxOf(email))
	if err := s.store.Tally(ctx, once, s.now()); err != nil {
		if !isLimited(err) {
			s.lost(err)
		}
		return
	}
	s.lost(s.Notify(ctx, Notice{Template: WrongCodes, Email: email, Locale: locale}))
}

func (s *Service) lost(err error) {
	if err != nil && s.noticeLost != nil {
		s.noticeLost(err)
	}
}
