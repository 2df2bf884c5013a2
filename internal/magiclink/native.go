package magiclink

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Native reports whether an application asked by itself and waits on a screen of
// its own. No browser can do anything with such a challenge.
func (c *Challenge) Native() bool { return c.ClientID != "" && c.Number == "" && c.Browser != "" }

// Native reports whether the letter belongs to a native challenge.
func (l *Letter) Native() bool { return l.ClientID != "" && l.Number == "" }

// NativeStore is the part of Store that applications use which ask by themselves.
type NativeStore interface {
	// ApproveNative approves the native challenge of a live link, or returns
	// idp.ErrUsed if that is not what it is.
	ApproveNative(ctx context.Context, u NativeUse) (Approval, error)
	// TryNativeCode counts and compares like TryCode, for whatever native
	// challenges of an address are alive. It returns idp.ErrNotFound if none is.
	TryNativeCode(ctx context.Context, t NativeTry) (Approval, error)
}

// NativeUse is an application's use of a link's token.
type NativeUse struct {
	ClientID string // that the challenge must belong to
	LinkUse
}

// NativeTry is one typed code without a word about which mail it is from. Every
// live challenge that the code is compared with counts it.
type NativeTry struct {
	ClientID, Email string
	CodeTry
	// Network is what is counted if nothing is alive for the address, so that
	// nobody can use up an address's budget without a mail to it.
	Network []Count
}

const handlePrefix = "ch_"

// handle is what the application gets: the challenge's id, which finds it, and a
// key, which proves who asked.
func handle(id string, key secret.Token) secret.Token {
	return secret.TokenOf(handlePrefix + id + "." + key.Reveal())
}

// openHandle is the reverse of handle. The hash takes the place of the one of a
// browser's cookie. It contains the client: a handle is of no use to another.
func openHandle(clientID string, h secret.Token) (id string, owner secret.Hash) {
	text, isHandle := strings.CutPrefix(h.Reveal(), handlePrefix)
	id, key, _ := strings.Cut(text, ".")
	if !isHandle || id == "" || key == "" {
		return "", ""
	}
	return id, nativeOwner(clientID, key)
}

func nativeOwner(clientID, key string) secret.Hash {
	return secret.TokenOf(clientID + " " + key).Hash(secret.KindNative)
}

// StartNative is Start for an application that asks by itself. The handle is to
// it what the cookie is to a browser: whoever has it is the one who asked.
func (s *Service) StartNative(ctx context.Context, typed, clientID string, a Asker) (Challenge, secret.Token, error) {
	key := secret.NewToken()
	a.Browser, a.Native = nativeOwner(clientID, key.Reveal()), true
	c, err := s.Start(ctx, typed, "", clientID, a)
	return c, handle(c.ID, key), err
}

// UseNativeLink signs in with the token of a mail's link. With a handle, it must
// be the one of the same challenge. Whatever does not fit is idp.ErrNotFound
// or idp.ErrUsed.
func (s *Service) UseNativeLink(ctx context.Context, token, h secret.Token, clientID string, a Asker) (Approval, error) {
	_, owner := openHandle(clientID, h)
	if len(token.Reveal()) != secret.LinkLength || owner == "" && !h.IsZero() {
		return Approval{}, fmt.Errorf("use native link: %w", idp.ErrNotFound)
	}
	now := s.now()
	session, raw := s.newSession(a, ByLink, now)
	ok, err := s.store.ApproveNative(ctx, NativeUse{ClientID: clientID, LinkUse: LinkUse{
		Link: token.Hash(secret.KindLink), Browser: owner, Session: session, SessionHash: raw.Hash(secret.KindSession), Now: now,
	}})
	if err != nil {
		return Approval{}, fmt.Errorf("use native link: %w", err)
	}
	s.completed(&ok.Challenge)
	return ok, nil
}

// SubmitNativeCode is SubmitCode with a handle in place of the cookie.
func (s *Service) SubmitNativeCode(ctx context.Context, h secret.Token, typed, clientID string, a Asker) (Approval, error) {
	id, owner := openHandle(clientID, h)
	if owner == "" {
		return Approval{}, fmt.Errorf("submit native code: %w", idp.ErrNotFound)
	}
	a.Browser = owner
	ok, _, err := s.SubmitCode(ctx, id, typed, a)
	return ok, err
}

// SubmitNativeCodeFor is SubmitNativeCode for an application that kept no handle
// and only knows the address. Its errors are the same, and ErrAddress.
func (s *Service) SubmitNativeCodeFor(ctx context.Context, address, typed, clientID string, a Asker) (Approval, error) {
	email, err := s.ParseAddress(address)
	if err != nil {
		return Approval{}, err
	}
	code := NormalizeCode(typed)
	if code == "" {
		return Approval{}, idp.ErrWrongCode // as in SubmitCode
	}
	now := s.now()
	session, raw := s.newSession(a, ByCode, now)
	l := s.settings.Limits
	network := codesPerIP(s.keys, &l, a.Network)
	all := append(slices.Clip(network), s.counts("wrong_per_address", []Rate{l.WrongPerAddress}, mailboxOf(email))...) // as in SubmitCode
	var ok Approval
	err = s.compare(code, now, func(matches func(Secret) bool) (err error) {
		ok, err = s.store.TryNativeCode(ctx, NativeTry{ClientID: clientID, Email: email, Network: network, CodeTry: CodeTry{
			Matches: matches, CodeAttempts: s.settings.CodeAttempts, ChallengeAttempts: s.settings.ChallengeAttempts,
			Counts: all, Session: session, SessionHash: raw.Hash(secret.KindSession), Now: now,
		}})
		return err
	})
	if err != nil {
		s.guessed(ctx, email, a.Locale, err)
		return Approval{}, fmt.Errorf("submit native code: %w", err)
	}
	s.completed(&ok.Challenge)
	return ok, nil
}

// NativeStatus is Status with a handle in place of the cookie: idp.ErrNotFound,
// idp.ErrForeignBrowser, or idp.ErrExpired once the challenge's time is over.
func (s *Service) NativeStatus(ctx context.Context, h secret.Token, clientID string) (Status, error) {
	id, owner := openHandle(clientID, h)
	if owner == "" {
		return Status{}, fmt.Errorf("read native status: %w", idp.ErrNotFound)
	}
	st, err := s.Status(ctx, id, owner)
	if err == nil && st.Challenge.Expired(s.now()) {
		return Status{}, fmt.Errorf("read native status: %w", idp.ErrExpired)
	}
	return st, err
}

// ResendAdvice is how long an application does well to wait before it asks for
// another mail.
func (s *Service) ResendAdvice(c *Challenge) time.Duration { return c.NextSendAt.Sub(c.CreatedAt) }
