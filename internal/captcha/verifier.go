package captcha

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"idp/internal/outbound"
	"idp/internal/secret"
)

// Timeout bounds one call, and MaxAnswer its answer, in bytes.
const (
	Timeout   = 3 * time.Second
	MaxAnswer = 16 << 10
)

// pause is how long a provider that did not answer is left alone.
const pause = time.Minute

// maxResponse is longer than what any provider hands out.
const maxResponse = 8 << 10

// ErrSilent says that the provider did not answer, or not to the question.
var ErrSilent = errors.New("captcha: no answer")

// Options are what a Verifier needs.
type Options struct {
	Provider  Provider
	SiteKey   string
	Secret    secret.Token
	VerifyURL string // in place of the provider's own; "" for that
	Host      string // of our pages: the test must have been shown there
	Out       *outbound.Client
	Now       func() time.Time
}

// Verifier asks one provider. It is safe for concurrent use.
type Verifier struct {
	Options
	dialect
	silentUntil atomic.Int64 // Unix milliseconds
}

// New makes a Verifier of a provider that there is.
func New(o Options) *Verifier { return &Verifier{Options: o, dialect: dialects[o.Provider]} }

// Widget is what a page shows; nil while the provider does not answer.
func (v *Verifier) Widget() *Widget {
	if v.Now().UnixMilli() < v.silentUntil.Load() {
		return nil
	}
	w := v.widget
	w.SiteKey = v.SiteKey
	return &w
}

// answer is what both providers say.
type answer struct {
	Success  bool     `json:"success"`
	Hostname string   `json:"hostname"`
	Action   string   `json:"action"`
	Errors   []string `json:"error-codes"`
}

// Passed reports whether a form carries a test that was passed on our pages. Each
// counts once: the providers see to that. It returns ErrSilent if the provider
// does not say.
func (v *Verifier) Passed(ctx context.Context, form url.Values, ip string) (bool, error) {
	response := form.Get(v.field)
	if response == "" || len(response) > maxResponse || v.Widget() == nil {
		return false, nil
	}
	a, err := v.ask(ctx, response, ip)
	if err != nil {
		v.silentUntil.Store(v.Now().Add(pause).UnixMilli())
		return false, fmt.Errorf("%w: %w", ErrSilent, err)
	}
	return a.Success && v.here(a.Hostname) && a.Action == v.widget.Action, nil
}

// here reports whether a test was passed on our pages, as far as the provider says
// where.
func (v *Verifier) here(host string) bool {
	return strings.EqualFold(host, v.Host) || v.busy != "" && host == v.busy
}

func (v *Verifier) ask(ctx context.Context, response, ip string) (answer, error) {
	// Who closes the page does not make the provider look silent to others.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), Timeout)
	defer cancel()
	body := url.Values{"secret": {v.Secret.Reveal()}, "response": {response}, "remoteip": {ip}, "sitekey": {v.SiteKey}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, cmp.Or(v.VerifyURL, v.verify), strings.NewReader(body.Encode()))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	got, err := v.Out.Do(req)
	if err != nil {
		return answer{}, err
	}
	var a answer
	if err := json.Unmarshal(got.Body, &a); err != nil || got.Status >= http.StatusInternalServerError {
		return answer{}, fmt.Errorf("status %d", got.Status)
	}
	// What is wrong with us says nothing about who asks.
	if i := slices.IndexFunc(a.Errors, ours); !a.Success && i >= 0 {
		return answer{}, fmt.Errorf("the provider says %q", a.Errors[i])
	}
	return a, nil
}

// ours reports whether an error of a provider is about the secret, the key of the
// site, the address that we named, or the provider itself.
func ours(code string) bool {
	switch code {
	case "internal-error", "bad-request", "not-using-dummy-passcode", "missing-remoteip", "invalid-remoteip":
		return true
	default:
		return strings.HasSuffix(code, "-secret") || strings.Contains(code, "sitekey")
	}
}
