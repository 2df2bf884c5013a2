package idp

import (
	"slices"
	"time"

	"idp/internal/secret"
)

// FlowTTL is how long a person may take for the pages between an authorization
// request and its answer: longer than a challenge lives, so that a resend near
// the end still leads home.
const FlowTTL = 35 * time.Minute

const flowLabel = "flow"

// Flow is a validated authorization request (OpenID Connect Core §3.1.2.1) on
// its way through the pages. Its sealed form is bound to one browser: whoever
// else presents it gets nothing.
type Flow struct {
	ID            string // names the flow in logs
	ClientID      string
	RedirectURI   string
	ResponseMode  string // "" is query
	State         string
	Nonce         string
	Scopes        []string
	Resources     []string // RFC 8707
	CodeChallenge string   // S256
	Claims        []string // asked for by name; see AskedClaim
	KeyHash       string   // the key that must redeem the code (RFC 9449 §10)
	Prompts       []string
	MaxAge        *int64 // seconds
	LoginHint     string
	HintSubject   string // sub of id_token_hint
	UILocales     string
	ACRValues     []string
	Browser       secret.Hash // of the cookie of the browser that asked
	Pushed        secret.Hash // of the pushed request it came as (RFC 9126)
	Account       string      // session chosen on the account page
	Start         int64       // Unix milliseconds
	PushedAt      int64       // Unix milliseconds, of the pushed request

	// A device that waits has no redirect URI: its flow ends at the page that asks
	// whether to connect it.
	Device   string
	UserCode string // as the device shows it
}

// StartedAt is when the authorization request came in.
func (f *Flow) StartedAt() time.Time { return time.UnixMilli(f.Start) }

// Prompted reports whether the request's prompt parameter contains value.
func (f *Flow) Prompted(value string) bool { return slices.Contains(f.Prompts, value) }

// ByForm reports whether the answer travels in a form that the browser posts.
func (f *Flow) ByForm() bool { return f.ResponseMode == ModeForm || f.ResponseMode == ModeFormJWT }

func (f *Flow) fields(p *packer) {
	p.strings(&f.ID, &f.ClientID, &f.RedirectURI, &f.ResponseMode, &f.State, &f.Nonce, &f.CodeChallenge, &f.KeyHash, &f.LoginHint, &f.HintSubject,
		&f.UILocales, &f.Account, &f.Device, &f.UserCode)
	p.lists(&f.Scopes, &f.Resources, &f.Claims, &f.Prompts, &f.ACRValues)
	p.hash(&f.Browser)
	p.hash(&f.Pushed)
	p.number(&f.Start)
	p.number(&f.PushedAt)
	p.optional(&f.MaxAge)
}

// Seal returns the text that travels in the URL.
func (f *Flow) Seal(k *secret.Keyring) string {
	return seal(k, flowLabel, f)
}

// OpenFlow reverses Seal for the browser whose cookie hash is given. It returns
// ErrNotFound for anything that we did not seal, ErrExpired for a flow older
// than FlowTTL, and ErrForeignBrowser, with the flow, for another browser's.
func OpenFlow(k *secret.Keyring, sealed string, browser secret.Hash, now time.Time) (*Flow, error) {
	f := &Flow{}
	if err := open(k, flowLabel, sealed, f); err != nil {
		return nil, err
	}
	if now.Sub(f.StartedAt()) > FlowTTL {
		return f, ErrExpired
	}
	if browser == "" || f.Browser != browser {
		return f, ErrForeignBrowser
	}
	return f, nil
}
