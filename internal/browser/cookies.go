package browser

import (
	"net/http"
	"strings"
	"time"

	"idp/internal/magiclink"
	"idp/internal/secret"
)

const (
	cookieValueLength = 43 // base64url of 256 bits
	maxMarksLength    = 400
	browserCookieTTL  = 30 * 24 * time.Hour
)

// Cookies reads and writes the provider's cookies.
type Cookies struct {
	prefix string
	secure bool
}

// NewCookies makes Cookies. insecure is for http on loopback only, where some
// browsers drop Secure cookies.
func NewCookies(insecure bool) *Cookies {
	if insecure {
		return &Cookies{}
	}
	return &Cookies{prefix: "__Host-", secure: true}
}

func (c *Cookies) read(r *http.Request, name string) secret.Token {
	found := secret.Token{}
	for _, ck := range r.Cookies() {
		if ck.Name != c.prefix+name {
			continue
		}
		if !found.IsZero() || len(ck.Value) != cookieValueLength {
			return secret.Token{}
		}
		found = secret.TokenOf(ck.Value)
	}
	return found
}

func (c *Cookies) write(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is off for an http issuer alone
		Name: c.prefix + name, Value: value, Path: "/", MaxAge: maxAge,
		Secure: c.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// Browser returns the hash of the browser cookie, "" if there is none.
func (c *Cookies) Browser(r *http.Request) secret.Hash {
	return c.read(r, "lb").Hash(secret.KindBrowser)
}

// EnsureBrowser is Browser, and gives the browser a cookie if it has none. It
// never replaces one: other tabs depend on it.
func (c *Cookies) EnsureBrowser(w http.ResponseWriter, r *http.Request) secret.Hash {
	if h := c.Browser(r); h != "" {
		return h
	}
	t := secret.NewToken()
	c.write(w, "lb", t.Reveal(), int(browserCookieTTL/time.Second))
	return t.Hash(secret.KindBrowser)
}

// Session returns the hash of the session cookie, "" if there is none.
func (c *Cookies) Session(r *http.Request) secret.Hash {
	return c.read(r, "sid").Hash(secret.KindSession)
}

// SetSession gives the browser a session until expires, which is its absolute end: a
// use moves the other one, and no cookie is sent again for that.
func (c *Cookies) SetSession(w http.ResponseWriter, t secret.Token, expires, now time.Time) {
	c.write(w, "sid", t.Reveal(), int(expires.Sub(now)/time.Second))
}

// Marks returns the marks of addresses that signed in in this browser.
func (c *Cookies) Marks(r *http.Request) []string {
	var found []string
	for _, ck := range r.Cookies() {
		if ck.Name != c.prefix+"kb" {
			continue
		}
		if found != nil || len(ck.Value) > maxMarksLength {
			return nil
		}
		found = strings.Split(ck.Value, ".")
	}
	return found[:min(len(found), magiclink.MaxMarks)]
}

// SetMarks makes the browser keep marks for ttl.
func (c *Cookies) SetMarks(w http.ResponseWriter, marks []string, ttl time.Duration) {
	c.write(w, "kb", strings.Join(marks, "."), int(ttl/time.Second))
}

// ClearSession takes the session cookie away.
func (c *Cookies) ClearSession(w http.ResponseWriter) { c.write(w, "sid", "", -1) }
