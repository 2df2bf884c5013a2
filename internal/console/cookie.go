package console

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"
)

const (
	sessionCookie = "console"
	flowCookie    = "console_flow"
	flowTTL       = 15 * time.Minute // long enough for a mail
	maxCookie     = 4096
)

// cookieName is bound to the host where the connection is (RFC 6265bis §4.1.3.2).
func (c *Console) cookieName(name string) string {
	if c.secure() {
		return "__Host-" + name
	}
	return name
}

func (c *Console) secure() bool { return strings.HasPrefix(c.URL, "https://") }

// keep seals a value into a cookie. Lax and not Strict: people come back from the
// provider, which is another site.
func (c *Console) keep(w http.ResponseWriter, name string, value any, ttl time.Duration) error {
	plain, err := json.Marshal(value)
	if err != nil {
		return err
	}
	c.set(w, name, c.Keyring.Seal("console/"+name, plain, nil), int(ttl/time.Second))
	return nil
}

func (c *Console) drop(w http.ResponseWriter, name string) { c.set(w, name, "", -1) }

func (c *Console) set(w http.ResponseWriter, name, value string, maxAge int) {
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // Secure is off for http on loopback alone
		Name: c.cookieName(name), Value: value, Path: "/", MaxAge: maxAge, Secure: c.secure(), HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// kept opens a cookie into to; false if there is none that we sealed.
func (c *Console) kept(r *http.Request, name string, to any) bool {
	found, err := r.Cookie(c.cookieName(name))
	if err != nil || len(found.Value) > maxCookie {
		return false
	}
	plain, err := c.Keyring.Open("console/"+name, found.Value, nil)
	return err == nil && json.Unmarshal(plain, to) == nil
}

// session is what the console keeps of somebody who signed in.
type session struct{ Token string }

// token is the access token of the request's cookie; "" if there is none.
func (c *Console) token(r *http.Request) string {
	var s session
	if !c.kept(r, sessionCookie, &s) {
		return ""
	}
	return s.Token
}
