package main

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// What the provider of a captcha gave for this world.
const (
	siteKey       = "a-site-key-of-this-world"
	captchaSecret = "the provider and the server keep this"
)

// besieged puts a provider's test before mails, and has so few of them that the
// first one makes it necessary. The work beside it is light: how long it takes is
// not what the suite is after.
func besieged(c *config.Config, provider, verify string) {
	c.Limits.SendUnknown = config.Rate(magiclink.Rate{Max: 1, Window: time.Hour})
	c.Abuse = config.Abuse{WorkAbove: 100, WorkBits: 8, Captcha: &config.Captcha{
		Provider: provider, SiteKey: siteKey, Secret: config.Known(secret.TokenOf(captchaSecret)), VerifyURL: verify,
	}}
}

// token is what a test that was passed came to: where, and for what. The suite
// plays the provider in the browser, and makes it.
type token struct {
	Passed   bool   `json:"passed"`
	Hostname string `json:"hostname"`
	SiteKey  string `json:"sitekey"`
	Action   string `json:"action,omitempty"`
}

// siteverify is where the provider says what became of a test. Each token is good
// once.
type siteverify struct {
	mu   sync.Mutex
	used map[string]bool
}

func (s *siteverify) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	response := r.PostFormValue("response")
	t, wrong := read(r, response)
	if wrong == "" && s.again(response) {
		wrong = "timeout-or-duplicate"
	}
	said := map[string]any{"success": wrong == "", "hostname": t.Hostname, "action": t.Action, "error-codes": []string{}}
	if wrong != "" {
		said = map[string]any{"success": false, "error-codes": []string{wrong}}
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(said) // a lost asker asks again
}

// read returns what a token says, or the code of what is wrong with the question.
func read(r *http.Request, response string) (t token, wrong string) {
	if r.PostFormValue("secret") != captchaSecret {
		return t, "invalid-input-secret"
	}
	plain, err := base64.StdEncoding.DecodeString(response)
	if err != nil || json.Unmarshal(plain, &t) != nil || !t.Passed {
		return t, "invalid-input-response"
	}
	if t.SiteKey != siteKey || r.PostFormValue("sitekey") != siteKey {
		return t, "sitekey-secret-mismatch"
	}
	return t, ""
}

// again reports whether a token was seen before.
func (s *siteverify) again(response string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.used[response]
	s.used[response] = true
	return before
}
