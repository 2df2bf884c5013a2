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

// shownPage is what a page that a mail leads to was made from. Its form brings it
// back sealed: a post that does not come from the page does nothing.
type shownPage struct {
	Of      secret.Hash `json:"l"` // the link's token
	Browser secret.Hash `json:"b"`
	Shown   int64       `json:"t"` // Unix milliseconds
}

const (
	linkPageLabel = "link-page"
	shownPageTTL  = 30 * time.Minute
	// tooFast is sooner than anybody reads the page and finds its button.
	tooFast = 1500 * time.Millisecond
)

// pageNonce seals what a page is made from. The label says which page it is.
func (h *Handlers) pageNonce(label string, of, browser secret.Hash) string {
	plain, err := json.Marshal(shownPage{of, browser, h.Now().UnixMilli()})
	if err != nil {
		panic("login: a page is plain data: " + err.Error())
	}
	return h.Keyring.Seal(label, plain, nil)
}

// shown reads the nonce of a form and says how long ago its page was shown; false
// if the form does not come from a page of this link, or one that is too old.
func (h *Handlers) shown(r *http.Request, label string, of secret.Hash) (page shownPage, age time.Duration, ok bool) {
	plain, err := h.Keyring.Open(label, r.PostForm.Get("nonce"), nil)
	if err != nil || json.Unmarshal(plain, &page) != nil || page.Of != of {
		return page, 0, false
	}
	age = h.Now().Sub(time.UnixMilli(page.Shown))
	return page, age, age < shownPageTTL
}

// press is what a post of a page that a mail leads to may do.
type press int

const (
	pressNothing   press = iota // it did not come from the page, or nobody touched that
	pressCounts                 // a person wants what the button says
	pressSayWhoFor              // it looks like a program's: a person can say which address the mail went to
)

// pressed judges a post of a link's page in a foreign browser. Scanners of mail
// servers run scripts and submit forms; they do not know whose mail it is in a
// way that they could type.
func (h *Handlers) pressed(r *http.Request, l *magiclink.Link, browser secret.Hash) press {
	page, age, ok := h.shown(r, linkPageLabel, linkToken(r).Hash(secret.KindLink))
	policy := h.foreignLinks(&l.Challenge)
	switch {
	case !ok, browser == "", page.Browser != browser:
		return pressNothing
	case nobodyTouched(r), policy == idp.ForeignCodeOnly && !l.Challenge.Invited():
		return pressNothing
	case h.saysWhoFor(r, &l.Challenge):
		return pressCounts
	case policy == idp.ForeignConfirmEmail, likeAProgram(r, age):
		return pressSayWhoFor
	default:
		return pressCounts
	}
}

// nobodyTouched reports whether the page's script ran and saw no hand.
func nobodyTouched(r *http.Request) bool { return r.PostForm.Get("gesture") == "none" }

// likeAProgram reports whether a press may be a program's. A form whose page ran no
// script is sent by programs far more often than by people, and looks the same.
func likeAProgram(r *http.Request, age time.Duration) bool {
	return r.PostForm.Get("gesture") != "seen" || age < tooFast || isProgram(r.UserAgent())
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
