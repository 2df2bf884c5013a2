package demo

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"time"
)

// person is the signed-in home page.
type person struct {
	Name       string
	SignedIn   moment
	Expires    moment
	Refreshed  moment
	Asked      moment
	Refreshes  int
	Scope      string
	Access     string // fingerprints, so that a refresh can be seen
	Refresh    string
	CanRefresh bool
	IDToken    []row
	UserInfo   []row
}

// showHome is the person's page, or the way to sign in.
func (a *App) showHome(w http.ResponseWriter, r *http.Request) error {
	_, current, ok := a.session(r)
	if !ok {
		return a.pages.show(w, http.StatusOK, "welcome", a.view("Sign in", nil))
	}
	page := a.view("Signed in", describePerson(current, a.cfg.Now()))
	page.Wide = true
	return a.pages.show(w, http.StatusOK, "home", page)
}

func describePerson(s session, now time.Time) person {
	g := s.Grant
	return person{
		Name:       cmp.Or(g.IDClaims.text("email"), g.UserInfo.text("email"), g.Subject),
		SignedIn:   newMoment(s.SignedInAt, now),
		Expires:    newMoment(g.ExpiresAt, now),
		Refreshed:  newMoment(s.RefreshedAt, now),
		Asked:      newMoment(g.AskedAt, now),
		Refreshes:  s.Refreshes,
		Scope:      g.Scope,
		Access:     fingerprint(g.AccessToken),
		Refresh:    fingerprint(g.RefreshToken),
		CanRefresh: g.RefreshToken != "",
		IDToken:    g.IDClaims.rows(now),
		UserInfo:   g.UserInfo.rows(now),
	}
}

// fingerprint tells one token from another without showing any of it.
func fingerprint(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:4])
}
