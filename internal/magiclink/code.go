package magiclink

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"idp/internal/idp"
	"idp/internal/secret"
)

// CodeTry is one typed code. The store counts it on the challenge and against
// Counts before it calls Matches, so that no number of parallel tries is
// compared more often than the limits say.
type CodeTry struct {
	ChallengeID       string
	Browser           secret.Hash
	Matches           func(Secret) bool
	CodeAttempts      int
	ChallengeAttempts int
	Counts            []Count // given back when the code is right
	Session           idp.Session
	SessionHash       secret.Hash
	Replaces          secret.Hash // the session that the browser has; "" for none: see Store
	Now               time.Time
}

// SubmitCode checks a typed code and signs the asking browser in. It returns the
// session's token, idp.ErrWrongCode, idp.ErrLocked, idp.ErrExpired, idp.ErrUsed,
// idp.ErrForeignBrowser, idp.ErrNotFound or *idp.LimitedError.
func (s *Service) SubmitCode(ctx context.Context, id, typed string, a Asker) (Approval, secret.Token, error) {
	c, err := s.store.Challenge(ctx, id)
	if err != nil {
		return Approval{}, secret.Token{}, fmt.Errorf("submit code: %w", err)
	}
	if a.Browser == "" || c.Browser != a.Browser {
		return Approval{}, secret.Token{}, idp.ErrForeignBrowser
	}
	now := s.now()
	if c.Expired(now) {
		return Approval{}, secret.Token{}, idp.ErrExpired
	}
	code := NormalizeCode(typed)
	if code == "" {
		// A slip of the keyboard is no guess: it cannot match, so it costs nothing.
		return Approval{}, secret.Token{}, idp.ErrWrongCode
	}
	session, token := s.newSession(a, ByCode, now)
	l := s.settings.Limits
	counts := codesPerIP(s.keys, &l, a.Network)
	counts = append(counts, s.counts("codes_per_browser", []Rate{l.CodesPerBrowser}, string(a.Browser))...)
	counts = append(counts, s.counts("wrong_per_address", []Rate{l.WrongPerAddress}, mailboxOf(c.Email))...)
	var ok Approval
	err = s.compare(code, now, func(matches func(Secret) bool) (err error) {
		ok, err = s.store.TryCode(ctx, CodeTry{
			ChallengeID: id, Browser: a.Browser, Matches: matches,
			CodeAttempts: s.settings.CodeAttempts, ChallengeAttempts: s.settings.ChallengeAttempts,
			Counts: counts, Session: session, SessionHash: token.Hash(secret.KindSession), Replaces: a.Session, Now: now,
		})
		return err
	})
	if err != nil {
		s.guessed(ctx, c.Email, c.Locale, err)
		return Approval{}, secret.Token{}, fmt.Errorf("submit code: %w", err)
	}
	s.completed(&ok.Challenge)
	s.announce(ctx, &ok, a)
	return ok, token, nil
}

// The lengths of codes.
const (
	shortCode = 6 // digits
	longCode  = secret.LongCodeLength
)

// NormalizeCode makes a code of a typed or pasted text: six digits, in whatever
// script and among whatever else they are written, or the eight characters of a
// long code, in either case, with its look-alikes, spaces and dashes. It returns
// "" for what is no code.
func NormalizeCode(typed string) string {
	var digits, letters strings.Builder
	for _, r := range typed {
		switch {
		// Beyond the basic plane several alphabets of digits touch each other;
		// nobody types those.
		case r <= 0xFFFF && unicode.IsDigit(r):
			digits.WriteByte(byte('0' + digitValue(r)))
			letters.WriteByte(byte('0' + digitValue(r)))
		case !unicode.IsSpace(r) && !unicode.Is(unicode.Pd, r) && !unicode.Is(unicode.Cf, r):
			letters.WriteRune(unwide(r))
		}
	}
	if long := letters.String(); len(long) == longCode {
		if code, ok := secret.ParseLongCode(long); ok {
			return code
		}
	}
	if digits.Len() != shortCode {
		return ""
	}
	return digits.String()
}

// unwide turns the letters that East Asian keyboards type into ASCII.
func unwide(r rune) rune {
	if r >= '\uFF21' && r <= '\uFF5A' {
		return r - '\uFF21' + 'A'
	}
	return r
}

// digitValue is the value of a decimal digit: Unicode keeps the ten digits of a
// script beside each other, so the distance to the first is the value.
func digitValue(r rune) int {
	v := 0
	for v < 9 && unicode.IsDigit(r-rune(v)-1) {
		v++
	}
	return v
}

// newSession makes the session that an approval stores, and its raw token.
func (s *Service) newSession(a Asker, by Method, now time.Time) (idp.Session, secret.Token) {
	ttl := s.settings.Session
	return idp.Session{
		ID: secret.NewID("ses_", now), CreatedAt: now, LastSeenAt: now,
		ExpiresAt: now.Add(ttl.TTL), AbsoluteAt: now.Add(ttl.AbsoluteTTL), AuthTime: now,
		AMR: []string{"otp", string(by)}, ACR: idp.ACREmail, IP: a.IP, UserAgent: a.UserAgent,
	}, secret.NewToken()
}
