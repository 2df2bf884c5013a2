package oidc_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
)

// Tokens that were asked for with a proof belong to its key, in both forms, and
// say so (RFC 9449 §5, §6).
func TestBoundTokens(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, alg := range []string{"ES256", "PS256", "EdDSA", "Ed25519"} {
			d := newProver(t, p, alg)
			for _, c := range []apptest.Client{apptest.Web, apptest.JWT, bound, signed} {
				access := d.tokens(apptest.NewRequest(c)).Access()
				if reply := d.userinfo("DPoP", access, d.proof("GET", "/userinfo", access)); reply.Status != http.StatusOK || reply.Text("email") != ada {
					t.Errorf("%s %s: userinfo: %s", alg, c.ID, reply)
				}
				reply := p.Get("/userinfo", access)
				refused(t, alg+" "+c.ID+", as a bearer token", reply, http.StatusUnauthorized, "invalid_token")
				if challenge := reply.Header.Get("WWW-Authenticate"); !strings.HasPrefix(challenge, "DPoP ") || !strings.Contains(challenge, `algs="PS256 ES256 EdDSA Ed25519"`) {
					t.Errorf("the challenge is %q", challenge)
				}
				if c.ID == apptest.JWT.ID {
					cnf, _ := apptest.Claims(t, access)["cnf"].(map[string]any)
					if cnf["jkt"] != d.keyHash() {
						t.Errorf("cnf of the at+jwt: %v", cnf)
					}
				}
				if c.Public() {
					continue
				}
				about := p.Introspect(c, access)
				cnf, _ := about.JSON["cnf"].(map[string]any)
				if about.Text("token_type") != "DPoP" || cnf["jkt"] != d.keyHash() {
					t.Errorf("%s %s: introspection: %s", alg, c.ID, about)
				}
			}
		}
	}, signedClients())
}

// Whose tokens must be bound gets none without a proof; whose may, gets bearer
// tokens.
func TestRequiredDPoP(t *testing.T) {
	p := one(t, signedClients())
	d := newProver(t, p, "ES256")
	r := apptest.Offline(bound)
	code := p.Browser().SignIn(r, ada).Code()
	refused(t, "without a proof", p.Post("/oauth/token", bound, r.CodeForm(code)), http.StatusBadRequest, "invalid_dpop_proof")
	tokens := d.token(bound, r.CodeForm(code))
	granted(t, "and then with one", tokens)
	refused(t, "refresh without a proof", p.Refresh(bound, tokens.Refresh(), ""), http.StatusBadRequest, "invalid_dpop_proof")
	if plain := p.Browser().Tokens(apptest.NewRequest(apptest.Web), ada); plain.Text("token_type") != "Bearer" {
		t.Errorf("without a proof: %s", plain)
	}
}

// RFC 9449 §5: a public client's refresh token is bound to the key, a
// confidential client's grant to having one.
func TestRefreshOfBoundTokens(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first, other := newProver(t, p, "ES256"), newProver(t, p, "EdDSA")
		for _, c := range []apptest.Client{bound, apptest.Spa, apptest.Web} {
			token := first.tokens(apptest.Offline(c)).Refresh()
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
			refused(t, c.ID+" without a proof", first.post("/oauth/token", c, form, ""), http.StatusBadRequest, "invalid_dpop_proof")
			again := other.token(c, form)
			if !c.Public() {
				granted(t, c.ID+" with a new key", again)
				if about := p.Introspect(c, again.Access()); !strings.Contains(about.Body, other.keyHash()) {
					t.Errorf("%s: the new token is bound to another key: %s", c.ID, about)
				}
				continue
			}
			refused(t, c.ID+" with another key", again, http.StatusBadRequest, "invalid_dpop_proof")
			mine := first.token(c, form)
			granted(t, c.ID, mine)
			proof := first.proof("POST", "/oauth/token", "")
			form.Set("refresh_token", mine.Refresh())
			granted(t, c.ID+", once more", first.post("/oauth/token", c, form, proof))
			refused(t, c.ID+", the same proof", first.post("/oauth/token", c, form, proof), http.StatusBadRequest, "invalid_dpop_proof")
		}
	}, signedClients())
}

// A code can be bound to the key before it exists (RFC 9449 §10): by dpop_jkt or
// by the proof of a pushed request.
func TestBoundCode(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mine, other := newProver(t, p, "ES256"), newProver(t, p, "EdDSA")
		named := apptest.NewRequest(apptest.Web).With("dpop_jkt", mine.keyHash())
		proven := apptest.NewRequest(apptest.Spa)
		for what, r := range map[string]struct{ request, sent apptest.Request }{
			"dpop_jkt":         {named, named},
			"dpop_jkt, pushed": {named, mustPush(t, p, named)},
			"a proof, pushed":  {proven, pushedWith(t, p, mine, proven)},
		} {
			code := p.Browser().SignIn(r.sent, ada).Code()
			form := r.request.CodeForm(code)
			refused(t, what+": no proof", mine.post("/oauth/token", r.request.Client, form, ""), http.StatusBadRequest, "invalid_dpop_proof")
			refused(t, what+": another key", other.token(r.request.Client, form), http.StatusBadRequest, "invalid_dpop_proof")
			granted(t, what, mine.token(r.request.Client, form))
		}
		both := named.With("dpop_jkt", other.keyHash())
		refused(t, "two keys", mine.post("/oauth/par", apptest.Web, both.Params, mine.proof("POST", "/oauth/par", "")), http.StatusBadRequest, "invalid_dpop_proof")
		refused(t, "no hash", push(t, p, named.With("dpop_jkt", "x")), http.StatusBadRequest, "invalid_request")
		refused(t, "a proof for another place", mine.post("/oauth/par", apptest.Web, named.Params, mine.proof("POST", "/oauth/token", "")), http.StatusBadRequest, "invalid_dpop_proof")
		if a := p.Browser().Authorize(named.With("dpop_jkt", "x")).MustAnswer(); a.Fault() != "invalid_request" {
			t.Errorf("no hash: %s", a)
		}
	})
}

// pushedWith pushes with a proof.
func pushedWith(t testing.TB, p *apptest.Provider, d prover, r apptest.Request) apptest.Request {
	t.Helper()
	reply := d.post("/oauth/par", r.Client, r.Params, d.proof("POST", "/oauth/par", ""))
	if reply.Status != http.StatusCreated {
		t.Fatalf("push with a proof: %s", reply)
	}
	out := r
	out.Params = url.Values{"client_id": {r.Client.ID}, "request_uri": {reply.Text("request_uri")}}
	return out
}

// A proof at the token endpoint is for it, and works once; the code survives a
// bad one.
func TestProofsAtTheTokenEndpoint(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		d, r := newProver(t, p, "ES256"), apptest.NewRequest(apptest.Web)
		b := p.Browser()
		proof := d.proof("POST", "/oauth/token", "")
		first := d.post("/oauth/token", apptest.Web, r.CodeForm(b.SignIn(r, ada).Code()), proof)
		granted(t, "the first time", first)
		form := r.CodeForm(b.SignIn(r, ada).Code())
		refused(t, "again", d.post("/oauth/token", apptest.Web, form, proof), http.StatusBadRequest, "invalid_dpop_proof")
		for what, bad := range map[string]string{
			"for GET": d.proof("GET", "/oauth/token", ""), "for userinfo": d.proof("POST", "/userinfo", ""), "garbage": "x",
		} {
			refused(t, what, d.post("/oauth/token", apptest.Web, form, bad), http.StatusBadRequest, "invalid_dpop_proof")
		}
		req := p.NewRequest("/oauth/token", form)
		apptest.SetBasic(req, apptest.Web.ID, apptest.Web.Secret)
		req.Header.Add("DPoP", d.proof("POST", "/oauth/token", ""))
		req.Header.Add("DPoP", d.proof("POST", "/oauth/token", ""))
		refused(t, "two proofs", p.Do(req), http.StatusBadRequest, "invalid_dpop_proof")
		granted(t, "at last", d.token(apptest.Web, form))
	})
}

func TestDPoPMetadata(t *testing.T) {
	p := one(t)
	algs, _ := p.Get(pathOpenID, "").JSON["dpop_signing_alg_values_supported"].([]any)
	if len(algs) != 4 {
		t.Errorf("algorithms %v", algs)
	}
	challenges := strings.Join(p.Get("/userinfo", "").Header.Values("WWW-Authenticate"), "\n")
	if !strings.Contains(challenges, "Bearer ") || !strings.Contains(challenges, "DPoP ") || strings.Contains(challenges, "error") {
		t.Errorf("challenges without a token: %q", challenges)
	}
}

// RFC 9449 §7.1: whoever comes with the scheme DPoP is challenged in it, whatever is
// wrong. An answer that named Bearer would ask a client to go on without its key.
func TestChallengeInTheSchemeOfTheRequest(t *testing.T) {
	p := one(t, signedClients())
	d := newProver(t, p, "ES256")
	withoutOpenID := d.tokens(apptest.NewRequest(apptest.Web).With("scope", "email")).Access()
	ended := d.tokens(apptest.NewRequest(apptest.Web)).Access()
	prefix := map[string]string{"DPoP": `DPoP realm="idp", error="`, "dpop": `DPoP realm="idp", error="`, "Bearer": `Bearer realm="idp", error="`}
	for scheme, want := range prefix {
		reply := d.userinfo(scheme, "garbage", d.proof("GET", "/userinfo", "garbage"))
		refused(t, "garbage", reply, http.StatusUnauthorized, "invalid_token")
		if got := reply.Header.Values("WWW-Authenticate"); len(got) != 1 || !strings.HasPrefix(got[0], want+`invalid_token"`) {
			t.Errorf("%s with garbage: %q", scheme, got)
		}
	}
	reply := d.userinfo("DPoP", withoutOpenID, d.proof("GET", "/userinfo", withoutOpenID))
	refused(t, "without openid", reply, http.StatusForbidden, "insufficient_scope")
	if got := reply.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, prefix["DPoP"]+`insufficient_scope"`) {
		t.Errorf("without openid: %q", got)
	}
	p.Clock.Advance(time.Hour)
	reply = d.userinfo("DPoP", ended, d.proof("GET", "/userinfo", ended))
	refused(t, "an ended token", reply, http.StatusUnauthorized, "invalid_token")
	if got := reply.Header.Get("WWW-Authenticate"); !strings.HasPrefix(got, prefix["DPoP"]) || !strings.Contains(got, "algs=") {
		t.Errorf("an ended token: %q", got)
	}
}
