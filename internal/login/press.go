package login

import (
	"encoding/json"
	"net/http"
	"time"

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
)

func (h *Handlers) linkNonce(token secret.Token, browser secret.Hash) string {
	plain, err := json.Marshal(linkPage{token.Hash(secret.KindLink), browser, h.Now().UnixMilli()})
	if err != nil {
		panic("login: a link page is plain data: " + err.Error())
	}
	return h.Keyring.Seal(linkPageLabel, plain, nil)
}

// pressed reports whether the post comes from the link's own page in this
// browser and, where that page could run its script, from somebody who touched
// it. Scanners of mail servers run scripts and submit forms.
func (h *Handlers) pressed(r *http.Request, browser secret.Hash) bool {
	plain, err := h.Keyring.Open(linkPageLabel, r.PostForm.Get("nonce"), nil)
	if err != nil {
		return false
	}
	var page linkPage
	if json.Unmarshal(plain, &page) != nil {
		return false
	}
	fresh := h.Now().Sub(time.UnixMilli(page.Shown)) < linkPageTTL
	return fresh && browser != "" && page.Browser == browser && page.Link == linkToken(r).Hash(secret.KindLink) && r.PostForm.Get("gesture") != "none"
}
