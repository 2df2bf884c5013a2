package idp

import (
	"encoding/json"
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
	ID            string      `json:"i"` // names the flow in logs
	ClientID      string      `json:"c"`
	RedirectURI   string      `json:"r"`
	ResponseMode  string      `json:"m,omitempty"` // "" is query
	State         string      `json:"s,omitempty"`
	Nonce         string      `json:"n,omitempty"`
	Scopes        []string    `json:"o,omitempty"`
	Resources     []string    `json:"x,omitempty"` // RFC 8707
	CodeChallenge string      `json:"h,omitempty"` // S256
	Claims        []string    `json:"e,omitempty"` // asked for by name; see AskedClaim
	KeyHash       string      `json:"j,omitempty"` // the key that must redeem the code (RFC 9449 §10)
	Prompts       []string    `json:"p,omitempty"`
	MaxAge        *int64      `json:"a,omitempty"` // seconds
	LoginHint     string      `json:"l,omitempty"`
	HintSubject   string      `json:"u,omitempty"` // sub of id_token_hint
	UILocales     string      `json:"g,omitempty"`
	ACRValues     []string    `json:"v,omitempty"`
	Browser       secret.Hash `json:"b"`           // of the cookie of the browser that asked
	Pushed        secret.Hash `json:"q,omitempty"` // of the pushed request it came as (RFC 9126)
	Account       string      `json:"k,omitempty"` // session chosen on the account page
	Start         int64       `json:"t"`           // Unix milliseconds
	PushedAt      int64       `json:"y,omitempty"` // Unix milliseconds, of the pushed request

	// A device that waits has no redirect URI: its flow ends at the page that asks
	// whether to connect it.
	Device   string `json:"d,omitempty"`
	UserCode string `json:"w,omitempty"` // as the device shows it
}

// StartedAt is when the authorization request came in.
func (f *Flow) StartedAt() time.Time { return time.UnixMilli(f.Start) }

// Prompted reports whether the request's prompt parameter contains value.
func (f *Flow) Prompted(value string) bool { return slices.Contains(f.Prompts, value) }

// ByForm reports whether the answer travels in a form that the browser posts.
func (f *Flow) ByForm() bool { return f.ResponseMode == ModeForm || f.ResponseMode == ModeFormJWT }

// Seal returns the text that travels in the URL.
func (f *Flow) Seal(k *secret.Keyring) string {
	plain, err := json.Marshal(f)
	if err != nil {
		panic("idp: a flow is plain data: " + err.Error())
	}
	return k.Seal(flowLabel, plain, nil)
}

// OpenFlow reverses Seal for the browser whose cookie hash is given. It returns
// ErrNotFound for anything that we did not seal, ErrExpired for a flow older
// than FlowTTL, and ErrForeignBrowser, with the flow, for another browser's.
func OpenFlow(k *secret.Keyring, sealed string, browser secret.Hash, now time.Time) (*Flow, error) {
	plain, err := k.Open(flowLabel, sealed, nil)
	if err != nil {
		return nil, ErrNotFound
	}
	f := &Flow{}
	if json.Unmarshal(plain, f) != nil {
		return nil, ErrNotFound
	}
	if now.Sub(f.StartedAt()) > FlowTTL {
		return f, ErrExpired
	}
	if browser == "" || f.Browser != browser {
		return f, ErrForeignBrowser
	}
	return f, nil
}
