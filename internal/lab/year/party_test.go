package year_test

import (
	"encoding/json"
	"net/http"
	"regexp"
	"strconv"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// relyingParty verifies ID tokens as applications do. It reads the key set again
// when its copy is as old as Cache-Control allows, and never for an unknown kid: a
// token whose key it does not know is one that an application refuses.
type relyingParty struct {
	w      *world
	keys   jose.JSONWebKeySet
	until  time.Time // of the copy
	kept   []kept    // tokens that have not expired
	kids   map[string]bool
	checks int
}

type kept struct {
	token string
	ends  time.Time
}

var maxAge = regexp.MustCompile(`max-age=(\d+)`)

// look reads the key set and remembers for how long it may.
func (p *relyingParty) look() {
	p.w.t.Helper()
	keys, age := p.w.keySet()
	p.keys, p.until = keys, p.w.now().Add(age)
}

// keySet reads the key set and for how long it may be kept.
func (w *world) keySet() (keys jose.JSONWebKeySet, age time.Duration) {
	w.t.Helper()
	r := w.Get("/jwks.json", "")
	m := maxAge.FindStringSubmatch(r.Header.Get("Cache-Control"))
	if r.Status != http.StatusOK || m == nil {
		w.t.Fatalf("%s: JWKS: %s", w.date(), r)
	}
	seconds, err := strconv.Atoi(m[1])
	if err == nil {
		err = json.Unmarshal([]byte(r.Body), &keys)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return keys, time.Duration(seconds) * time.Second
}

// accept verifies a token that just came and keeps it until it expires.
func (p *relyingParty) accept(token string, client apptest.Client) {
	p.w.t.Helper()
	if !p.w.now().Before(p.until) {
		p.look()
	}
	p.verify(token, p.keys)
	claims := apptest.Claims(p.w.t, token)
	ends := time.Unix(int64(claims["exp"].(float64)), 0)
	if claims["iss"] != p.w.front.URL || claims["azp"] != client.ID || !p.w.now().Before(ends) {
		p.w.errorf("an ID token for %s: %v", client.ID, claims)
	}
	p.kept = append(p.kept, kept{token, ends})
}

func (p *relyingParty) verify(token string, keys jose.JSONWebKeySet) {
	p.w.t.Helper()
	p.checks++
	jws, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{jose.RS256, jose.ES256, jose.EdDSA})
	if err != nil {
		p.w.t.Fatal(err)
	}
	kid := jws.Signatures[0].Header.KeyID
	known := keys.Key(kid)
	if len(known) == 0 {
		p.w.errorf("the key set lacks the key %s of a token", kid)
		return
	}
	if _, err := jws.Verify(known[0]); err != nil {
		p.w.errorf("a token does not verify: %v", err)
	}
	if p.kids == nil {
		p.kids = map[string]bool{}
	}
	p.kids[kid] = true
}

// verifyKept is what an application does that starts now: it reads the key set as it
// is, and verifies the tokens of before.
func (p *relyingParty) verifyKept() {
	p.w.t.Helper()
	keys, _ := p.w.keySet()
	rest := p.kept[:0]
	for _, k := range p.kept {
		if p.w.now().Before(k.ends) {
			p.verify(k.token, keys)
			rest = append(rest, k)
		}
	}
	p.kept = rest
}
