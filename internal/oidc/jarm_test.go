package oidc_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
)

// jarm may ask for signed answers; sealedOnly for nothing else.
var (
	jarm       = apptest.Confidential("jarm")
	sealedOnly = apptest.Confidential("sealedonly")
)

func jarmClients() apptest.Option {
	return apptest.Clients(`  - id: jarm
    name: Jarm
    secrets: [env:JARM_SECRET]
    id_token_alg: ES256
    response_modes: [query, jwt, query.jwt, form_post.jwt]
    redirect_uris: ["https://jarm.example.com/callback"]
  - id: sealedonly
    name: Sealed only
    secrets: [env:SEALEDONLY_SECRET]
    response_modes: [jwt]
    redirect_uris: ["https://sealedonly.example.com/callback"]
`)
}

// inside verifies a signed answer and returns what is in it; nothing may stand
// beside it.
func inside(t *testing.T, p *apptest.Provider, c apptest.Client, alg string, a apptest.Answer) map[string]any {
	t.Helper()
	text := a.Params.Get("response")
	if len(a.Params) != 1 || text == "" {
		t.Fatalf("the answer is %s", a)
	}
	signedWith := verified(t, p, text)
	claims := apptest.Claims(t, text)
	exp, _ := claims["exp"].(float64)
	if signedWith != alg || claims["iss"] != p.URL || claims["aud"] != c.ID || exp != float64(p.Clock.Now().Unix()+600) || claims["sub"] != nil {
		t.Errorf("signed with %s: %v", signedWith, claims)
	}
	return claims
}

// verified checks a JWT against the published keys and returns its algorithm.
func verified(t *testing.T, p *apptest.Provider, text string) string {
	t.Helper()
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(p.Get(pathJWKS, "").Body), &set); err != nil {
		t.Fatal(err)
	}
	jws, err := jose.ParseSignedCompact(text, []jose.SignatureAlgorithm{jose.RS256, jose.ES256})
	if err != nil {
		t.Fatal(err)
	}
	header := jws.Signatures[0].Protected
	for _, k := range set.Key(header.KeyID) {
		if _, err := jws.Verify(k.Key); err == nil {
			return header.Algorithm
		}
	}
	t.Fatalf("no published key signed %s", text)
	return ""
}

// An answer is one signed text, good or bad, in the query or by a form (JARM).
func TestSignedResponses(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for mode, posted := range map[string]bool{"jwt": false, "query.jwt": false, "form_post.jwt": true} {
			r := apptest.NewRequest(jarm).With("response_mode", mode)
			a := p.Browser().SignIn(r, ada)
			claims := inside(t, p, jarm, "ES256", a)
			code, _ := claims["code"].(string)
			if a.Posted != posted || claims["state"] != r.Params.Get("state") || a.To != jarm.Redirect {
				t.Errorf("%s: %s, posted %v, %v", mode, a.To, a.Posted, claims)
			}
			granted(t, mode, p.Redeem(r, code))
			refusal := inside(t, p, jarm, "ES256", p.Browser().Authorize(r.With("prompt", "none")).MustAnswer())
			if refusal["error"] != "login_required" || refusal["state"] != r.Params.Get("state") || refusal["code"] != nil {
				t.Errorf("%s, refused: %v", mode, refusal)
			}
			hint := a.Params.Get("response")
			if got := p.Browser().Authorize(apptest.NewRequest(jarm).With("id_token_hint", hint)).MustAnswer(); got.Fault() != "invalid_request" {
				t.Errorf("%s as id_token_hint: %s", mode, got)
			}
		}
		r := apptest.NewRequest(sealedOnly).With("response_mode", "jwt")
		claims := inside(t, p, sealedOnly, "RS256", p.Browser().SignIn(mustPush(t, p, r), ada))
		if claims["error"] != nil {
			t.Errorf("pushed: %v", claims)
		}
	}, jarmClients())
}

// Each client has the modes that it registered, and the metadata lists them.
func TestResponseModesOfClients(t *testing.T) {
	p := one(t, jarmClients())
	for _, c := range []struct {
		client apptest.Client
		mode   string
		good   bool
	}{
		{jarm, "", true}, {jarm, "query", true}, {jarm, "form_post", false}, {sealedOnly, "", false}, {sealedOnly, "query", false}, {sealedOnly, "query.jwt", false}, {sealedOnly, "jwt", true},
		{apptest.Web, "jwt", false}, {apptest.Web, "query.jwt", false}, {apptest.Web, "form_post", true}, {apptest.Web, "fragment", false}, {apptest.Web, "fragment.jwt", false},
	} {
		page := p.Browser().Authorize(apptest.NewRequest(c.client).With("response_mode", c.mode))
		if a, refused := page.Answer(); refused == c.good || refused && a.Fault() != "invalid_request" {
			t.Errorf("%s, %q: %s", c.client.ID, c.mode, a)
		}
	}
	doc := p.Get(pathOpenID, "").JSON
	if got := doc["response_modes_supported"]; !reflect.DeepEqual(got, []any{"query", "form_post", "jwt", "query.jwt", "form_post.jwt"}) || doc["authorization_signing_alg_values_supported"] == nil {
		t.Errorf("discovery: %v, %v", got, doc["authorization_signing_alg_values_supported"])
	}
}

func TestNoSignedResponsesWithoutSuchClients(t *testing.T) {
	without := one(t).Get(pathOpenID, "").JSON
	if got := without["response_modes_supported"]; !reflect.DeepEqual(got, []any{"query", "form_post"}) || without["authorization_signing_alg_values_supported"] != nil {
		t.Errorf("discovery: %v", got)
	}
}
