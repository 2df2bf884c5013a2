package demo_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"
)

const (
	clientID     = "notes"
	clientSecret = "a secret: with/odd+signs"
	address      = "ada@example.com"
	subject      = "u-7f3a"
)

// provider is a small OpenID provider that signs everyone in as one person.
// Its hooks let a test lie in one place and be honest in all others.
type provider struct {
	t       *testing.T
	started time.Time // and the person signed in at that time
	url     string
	key     *ecdsa.PrivateKey
	public  bool // the client has no secret
	down    atomic.Bool

	onDiscovery func(document map[string]any)
	onAnswer    func(answer url.Values)
	onIDToken   func(grantType string, claims map[string]any)
	onUserInfo  func(claims map[string]any)
	onToken     func(w http.ResponseWriter) (handled bool)

	mu       sync.Mutex
	codes    map[string]url.Values // code ► its authorization request
	refresh  map[string]string     // live refresh token ► nonce of the sign-in
	access   map[string]bool
	asked    []url.Values // authorization requests, as they came
	ended    []url.Values // sign-out requests, as they came
	exchange int          // calls of the token endpoint
	cookies  []string     // names of the cookies that browsers sent here
}

// newProvider starts an honest provider.
func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{
		t: t, key: key, started: time.Now(),
		codes: map[string]url.Values{}, refresh: map[string]string{}, access: map[string]bool{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", p.showDiscovery)
	mux.HandleFunc("GET /jwks", p.showKeys)
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("GET /userinfo", p.userInfo)
	mux.HandleFunc("GET /end-session", p.endSession)
	server := httptest.NewServer(p.watch(mux))
	t.Cleanup(server.Close)
	p.url = server.URL
	return p
}

// watch serializes the requests, notes the cookies they carry, and hangs up on
// everyone while the provider is down.
func (p *provider) watch(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if p.down.Load() {
			panic(http.ErrAbortHandler)
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range r.Cookies() {
			p.cookies = append(p.cookies, c.Name)
		}
		next.ServeHTTP(w, r)
	})
}

func (p *provider) showDiscovery(w http.ResponseWriter, _ *http.Request) {
	document := map[string]any{
		"issuer":                                p.url,
		"authorization_endpoint":                p.url + "/authorize",
		"token_endpoint":                        p.url + "/token",
		"userinfo_endpoint":                     p.url + "/userinfo",
		"jwks_uri":                              p.url + "/jwks",
		"end_session_endpoint":                  p.url + "/end-session",
		"id_token_signing_alg_values_supported": []string{"ES256"},
		"authorization_response_iss_parameter_supported": true,
	}
	if p.onDiscovery != nil {
		p.onDiscovery(document)
	}
	writeJSON(w, http.StatusOK, document)
}

func (p *provider) showKeys(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: p.key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"},
	}})
}

// authorize signs the person in at once. A request without PKCE is an error of
// the application, and fails the test.
func (p *provider) authorize(w http.ResponseWriter, r *http.Request) {
	request := r.URL.Query()
	p.asked = append(p.asked, request)
	if request.Get("client_id") != clientID || request.Get("response_type") != "code" ||
		request.Get("code_challenge_method") != "S256" || len(request.Get("code_challenge")) != 43 {
		p.t.Errorf("authorization request = %v, want this client, response_type code and S256", request)
	}
	code := rand.Text()
	p.codes[code] = request
	answer := url.Values{"code": {code}, "state": {request.Get("state")}, "iss": {p.url}}
	if p.onAnswer != nil {
		p.onAnswer(answer)
	}
	http.Redirect(w, r, request.Get("redirect_uri")+"?"+answer.Encode(), http.StatusSeeOther)
}

func (p *provider) endSession(w http.ResponseWriter, r *http.Request) {
	request := r.URL.Query()
	p.ended = append(p.ended, request)
	back := request.Get("post_logout_redirect_uri")
	http.Redirect(w, r, back+"?"+url.Values{"state": {request.Get("state")}}.Encode(), http.StatusSeeOther)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(body)
}
