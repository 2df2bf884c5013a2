// Command go is a web application that signs people in with idp: the
// authorization code flow with PKCE, by coreos/go-oidc and x/oauth2. It keeps
// who is signed in in memory.
package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"html/template"
	"log"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

const (
	address = "localhost:8091"
	home    = "http://" + address + "/"
	// This secret is for this machine; its hash stands in client.yaml.
	clientID, clientSecret = "example-go", "example-go-secret-for-this-machine"
)

// person is what the ID token says.
type person struct {
	Email string `json:"email"`
	Name  string `json:"name"`
	Nonce string `json:"nonce"`
	raw   string // for signing out
}

type application struct {
	provider *oidc.Provider
	oauth    oauth2.Config
	mu       sync.Mutex
	signedIn map[string]person // by the value of the session cookie
}

func main() {
	issuer := os.Getenv("ISSUER")
	if issuer == "" {
		issuer = "http://localhost:8080"
	}
	provider, err := oidc.NewProvider(context.Background(), issuer)
	if err != nil {
		log.Fatalf("Is idp running at %q? %v", issuer, err) //nolint:gosec // ISSUER is set by who reads the log
	}
	a := &application{
		provider: provider, signedIn: map[string]person{},
		oauth: oauth2.Config{
			ClientID: clientID, ClientSecret: clientSecret, Endpoint: provider.Endpoint(),
			RedirectURL: home + "callback", Scopes: []string{oidc.ScopeOpenID, "email", "profile"},
		},
	}
	http.HandleFunc("GET /{$}", a.home)
	http.HandleFunc("GET /login", a.login)
	http.HandleFunc("GET /callback", a.callback)
	http.HandleFunc("POST /logout", a.logout)
	log.Printf("open %s", home)
	server := http.Server{Addr: address, Handler: http.NewCrossOriginProtection().Handler(http.DefaultServeMux), ReadHeaderTimeout: 5 * time.Second}
	log.Fatal(server.ListenAndServe())
}

var page = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><meta charset="utf-8"><title>Go example</title>
{{if .Email}}<p>Signed in as <b id="email">{{.Email}}</b></p><form method="post" action="/logout"><button id="logout">Sign out</button></form>
{{else}}<p><a id="login" href="/login">Sign in</a></p>{{end}}</html>`))

func (a *application) home(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if err := page.Execute(w, a.signedIn[cookie(r, "session")]); err != nil {
		log.Print(err)
	}
}

// login sends the browser to the provider. What has to come back with it waits
// in cookies.
func (a *application) login(w http.ResponseWriter, r *http.Request) {
	state, nonce, verifier := rand.Text(), rand.Text(), oauth2.GenerateVerifier()
	setCookie(w, "attempt", state+"."+nonce+"."+verifier)
	http.Redirect(w, r, a.oauth.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), http.StatusSeeOther)
}

// callback takes the code, if it answers the attempt of this browser.
func (a *application) callback(w http.ResponseWriter, r *http.Request) {
	p, err := a.redeem(r)
	if err != nil {
		http.Error(w, "Signing in did not work: "+err.Error(), http.StatusBadRequest)
		return
	}
	session := rand.Text()
	a.mu.Lock()
	a.signedIn[session] = p
	a.mu.Unlock()
	setCookie(w, "session", session)
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (a *application) redeem(r *http.Request) (p person, err error) {
	attempt := strings.Split(cookie(r, "attempt"), ".")
	if len(attempt) != 3 || r.FormValue("state") != attempt[0] {
		return p, errors.New("this browser did not start it, or too long ago")
	}
	nonce, verifier := attempt[1], attempt[2]
	if code := r.FormValue("error"); code != "" {
		return p, fmt.Errorf("%s: %s", code, r.FormValue("error_description"))
	}
	token, err := a.oauth.Exchange(r.Context(), r.FormValue("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return p, err
	}
	p.raw, _ = token.Extra("id_token").(string)
	id, err := a.provider.Verifier(&oidc.Config{ClientID: clientID}).Verify(r.Context(), p.raw)
	if err != nil {
		return p, err
	}
	if err := id.Claims(&p); err != nil {
		return p, err
	}
	if p.Nonce != nonce {
		return p, errors.New("the ID token belongs to another attempt")
	}
	return p, nil
}

// logout ends the session here and then the one at the provider.
func (a *application) logout(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	p := a.signedIn[cookie(r, "session")]
	delete(a.signedIn, cookie(r, "session"))
	a.mu.Unlock()
	var metadata struct {
		EndSession string `json:"end_session_endpoint"`
	}
	if err := a.provider.Claims(&metadata); err != nil || metadata.EndSession == "" {
		http.Redirect(w, r, "/", http.StatusSeeOther)
		return
	}
	query := url.Values{"id_token_hint": {p.raw}, "post_logout_redirect_uri": {home}}
	http.Redirect(w, r, metadata.EndSession+"?"+query.Encode(), http.StatusSeeOther)
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie("example_go_" + name)
	if err != nil {
		return ""
	}
	return c.Value
}

func setCookie(w http.ResponseWriter, name, value string) {
	// Secure is missing because this is http on one machine. Leave it in elsewhere.
	http.SetCookie(w, &http.Cookie{ //nolint:gosec // as the line above says
		Name: "example_go_" + name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}
