package login

import (
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// linkPage is what a link's page in a foreign browser was made from. Its form
// brings it back sealed: a post that does not come from the page does nothing.
type linkPage struct {
	Link    secret.Hash `json:"l"`
	Browser secret.Hash `json:"b"`
	Shown   int64       `json:"t"` // Unix milliseconds
}

const (
	linkPageLabel = "link-page"
	linkPageTTL   = 30 * time.Minute
	// tooFast is sooner than anybody reads the page and finds its button.
	tooFast = 1500 * time.Millisecond
)

func (h *Handlers) linkNonce(token secret.Token, browser secret.Hash) string {
	plain, err := json.Marshal(linkPage{token.Hash(secret.KindLink), browser, h.Now().UnixMilli()})
	if err != nil {
		panic("login: a link page is plain data: " + err.Error())
	}
	return h.Keyring.Seal(linkPageLabel, plain, nil)
}

// press is what a post of the link's page in a foreign browser may do.
type press int

const (
	pressNothing   press = iota // it did not come from the page, or nobody touched that
	pressSignIn                 // a person wants to sign in here
	pressSayWhoFor              // it looks like a program's: a person can say which address the link is for
)

// pressed judges a post. Scanners of mail servers run scripts and submit forms;
// they do not know whose mail it is in a way that they could type.
func (h *Handlers) pressed(r *http.Request, l *magiclink.Link, browser secret.Hash) press {
	plain, err := h.Keyring.Open(linkPageLabel, r.PostForm.Get("nonce"), nil)
	if err != nil {
		return pressNothing
	}
	var page linkPage
	if json.Unmarshal(plain, &page) != nil {
		return pressNothing
	}
	age, policy := h.Now().Sub(time.UnixMilli(page.Shown)), h.foreignLinks(&l.Challenge)
	switch {
	case age >= linkPageTTL, browser == "", page.Browser != browser, page.Link != linkToken(r).Hash(secret.KindLink):
		return pressNothing
	case r.PostForm.Get("gesture") == "none", policy == idp.ForeignCodeOnly && !l.Challenge.Invited():
		return pressNothing
	case h.saysWhoFor(r, &l.Challenge):
		return pressSignIn
	case policy == idp.ForeignConfirmEmail, age < tooFast, isProgram(r.UserAgent()):
		return pressSayWhoFor
	default:
		return pressSignIn
	}
}

// saysWhoFor reports whether the form brings the address that the mail went to.
func (h *Handlers) saysWhoFor(r *http.Request, c *magiclink.Challenge) bool {
	email, err := h.Login.ParseAddress(r.PostForm.Get("email"))
	return err == nil && email == c.Email
}

// isProgram recognises browsers without a person, where they say so.
func isProgram(userAgent string) bool {
	ua := strings.ToLower(userAgent)
	for _, mark := range []string{"headless", "phantomjs", "bot", "crawl", "spider", "preview", "scan", "curl/", "wget/", "python", "go-http-client", "okhttp", "java/"} {
		if strings.Contains(ua, mark) {
			return true
		}
	}
	return ua == ""
}

func (h *Handlers) foreignLinks(c *magiclink.Challenge) idp.ForeignLinks {
	if client := h.Clients.Client(c.ClientID); client != nil && client.ForeignLinks != "" {
		return client.ForeignLinks
	}
	return h.ForeignLinks
}
