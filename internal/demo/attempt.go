package demo

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/oauth2"
)

// attemptTTL leaves time to wait for a mail and to find it.
const attemptTTL = 40 * time.Minute

// attempt is one sign-in under way. It lives in a cookie of its own, named by
// its state: only the browser that started can finish, and two tabs do not
// overwrite each other.
type attempt struct {
	State    string `json:"-"`
	Nonce    string `json:"nonce"`
	Verifier string `json:"verifier"`
	ReturnTo string `json:"return_to,omitempty"`
	// MaxAge is the age of the login, in seconds, that was asked for; nil if any will do.
	MaxAge *int64 `json:"max_age,omitempty"`
}

func newAttempt() attempt {
	return attempt{State: rand.Text(), Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
}

// keepAttempt stores the attempt in the browser; only /callback gets it back.
func (a *App) keepAttempt(w http.ResponseWriter, at attempt) error {
	raw, err := json.Marshal(at)
	if err != nil {
		return fmt.Errorf("encode sign-in attempt: %w", err)
	}
	a.setCookie(w, loginCookie+at.State, base64.RawURLEncoding.EncodeToString(raw), "/callback", attemptTTL)
	return nil
}

// takeAttempt returns the attempt this browser started under state and forgets
// it, so that an answer counts once; errUnknownAttempt if there is none.
func (a *App) takeAttempt(w http.ResponseWriter, r *http.Request, state string) (attempt, error) {
	cookie, err := r.Cookie(loginCookie + state)
	if err != nil {
		return attempt{}, errUnknownAttempt
	}
	a.dropCookie(w, cookie.Name, "/callback")
	raw, err := base64.RawURLEncoding.DecodeString(cookie.Value)
	if err != nil {
		return attempt{}, errUnknownAttempt
	}
	at := attempt{State: state}
	if err := json.Unmarshal(raw, &at); err != nil || at.Nonce == "" || at.Verifier == "" {
		return attempt{}, errUnknownAttempt
	}
	return at, nil
}
