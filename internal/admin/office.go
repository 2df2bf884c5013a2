package admin

import (
	"context"
	"errors"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// Office is the verbs together with what only a running server knows of itself. It
// is of one configuration: whoever keeps it asks again for each request.
type Office struct {
	*Service
	Signing Signing
	Mail    Mail
	// Limits tells how full the budgets are: the installation's and, of those that
	// are given, an address's and a network's.
	Limits func(ctx context.Context, email, ip string) ([]magiclink.Use, error)
	// SendInvitation invites an address and hands the letter to a mail provider,
	// whose name it returns.
	SendInvitation func(ctx context.Context, i Invitee) (ends time.Time, provider string, err error)
	// Failures tells why requests were refused, the newest first; of one application
	// or request if either is given.
	Failures      func(ctx context.Context, clientID, requestID string, limit int) ([]Failure, error)
	Health        func(ctx context.Context) []Part
	Configuration func() Configuration
}

// Signing is the keys that sign our tokens.
type Signing interface {
	// List returns all that are stored.
	List(ctx context.Context) ([]idp.SigningKey, error)
	// Replace makes new keys outside the calendar and returns those that sign next; see
	// oidc.Keys.Replace. "" is every algorithm.
	Replace(ctx context.Context, alg idp.Algorithm, atOnce bool) ([]idp.SigningKey, error)
}

// Mail is the letters that are still to be sent.
type Mail interface {
	// WaitingLetters counts them; oldest is zero if there is none.
	WaitingLetters(ctx context.Context, now time.Time) (n int, oldest time.Time, err error)
	QueuedLetters(ctx context.Context, limit int, now time.Time) ([]magiclink.QueuedLetter, error)
}

// Invitee is who is invited, and to what.
type Invitee struct {
	Email    string
	ClientID string // of the application to lead on to; "" for none
	Locale   string // of the letter; "" for the configuration's default
	TTL      time.Duration
}

// UsualInvitation is how long the link of an invitation works if nobody says.
const UsualInvitation = 7 * 24 * time.Hour

// What Service.Invite, SendInvitation and Signing.Replace return, wrapped in what is wrong.
var (
	// ErrInvitation says that the configuration does not let this invitation be.
	ErrInvitation = errors.New("no invitation")
	// ErrLife says that no invitation may work for so long, or so short.
	ErrLife = errors.New("an invitation works from 1m to 30d")
	// ErrMail says that no provider took the letter.
	ErrMail = errors.New("the letter was not sent")
	// ErrAlgorithm says that nothing of ours is signed so.
	ErrAlgorithm = errors.New("no such algorithm")
)

// Part is something that requests need, and how it is.
type Part struct{ Name, State, Detail string }

// Failure is a refused request in words; see explain.Explanation, whose fields it has.
type Failure struct {
	At                     time.Time
	Client, Request        string
	Kind                   idp.FailureKind
	Answer, Route          string
	What, Seen, Configured string
	Change, Setting, Where string
	Fixed                  bool // the configuration accepts it by now
}

// Configuration is which one is in force.
type Configuration struct {
	Followed bool // whether changes of the files are noticed
	Since    time.Time
	Hash     string // of its YAML; "" if nobody follows a file
	Tried    time.Time
	Fault    string // why the last attempt changed nothing; "" if it did not fail
	Pending  bool   // the files say something else than what is in force
	Restart  []string
	Reloads  int
	Failures int
}

// LoginsSince counts the sign-ins that the audit log has since then, up to most.
func (o *Office) LoginsSince(ctx context.Context, since time.Time, most int) (int, error) {
	events, err := o.Events(ctx, "", loginsSince(since, most))
	return len(events), err
}
