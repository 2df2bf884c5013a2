package conformance_test

import (
	"context"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/config"
	"idp/internal/secret"
)

// otherModules are modules of the comprehensive plan that the suite runs with
// dynamic registration or by hand. What they check needs no registration
// endpoint: here an administrator registers, by the file.
var otherModules = []module{
	{"oidcc-idtoken-signature", "RS256 and a published kid by default", signedByRS256, false},
	{"oidcc-idtoken-rs256", "RS256 if it is asked for", signedByRS256, false},
	{"oidcc-idtoken-unsigned", "id_token_alg none is refused at registration", refusedRegistration("id_token_alg: RS256", "id_token_alg: none"), false},
	{"oidcc-ensure-redirect-uri-in-authorization-request", "two addresses registered and none sent: a page", noRedirectURI, false},
	{"oidcc-redirect-uri-query-OK", "a registered query comes back untouched", queryOK, false},
	{"oidcc-redirect-uri-query-mismatch", "another query than the registered one gets a page", badRedirect(query, callback+"?foo=bar"), false},
	{"oidcc-redirect-uri-query-added", "a query where none is registered gets a page", badRedirect(basic, callback+"?foo=bar"), false},
	{"oidcc-redirect-uri-regfrag", "an address with a fragment is refused at registration", refusedRegistration("/callback]", "/callback#fragment]"), false},
	{"oidcc-request-uri-unsigned-supported-correctly-or-rejected-as-unsupported", "request_uri is refused with request_uri_not_supported", requestURI, false},
	{"oidcc-refresh-token-rp-key-rotation", "a client's next key at its jwks_uri works, with the refresh token of before; the key that is gone does not", rotateClientKeys, true},
	{"oidcc-server-rotate-keys", "a rotation publishes new keys and keeps the old ones", rotateKeys, true},
}

// query has two addresses, one of them with a query.
var query = client{id: "suite-query", secret: secretOf("SUITE_QUERY_SECRET")}

const queried = callback + "?dummy1=lorem&dummy2=ipsum"

var otherClients = `  - id: suite-query
    name: Query
    secrets: ["` + config.HashText(secret.TokenOf(query.secret)) + `"]
    redirect_uris: ["` + queried + `", "` + callback + `/other"]
    pkce: optional
    id_token_claims: minimal
    id_token_alg: RS256
`

func signedByRS256(r *rp) {
	for _, c := range []client{basic, query} {
		q := r.request(c)
		r.authorize(q)
		got := r.complete(c, q)
		jws, err := jose.ParseSignedCompact(got.id, []jose.SignatureAlgorithm{jose.RS256})
		if err != nil || !slices.Contains(kids(r.op, "RS256"), jws.Signatures[0].Protected.KeyID) {
			r.t.Errorf("the ID token has no RS256 signature with a published kid: %v", err)
		}
	}
}

// refusedRegistration changes the example's file, which must not load then.
func refusedRegistration(good, bad string) func(*rp) {
	return func(r *rp) {
		text, err := os.ReadFile(exampleFile)
		if err != nil {
			r.t.Fatal(err)
		}
		if good == "id_token_alg: RS256" { // the default, which the file does not spell out
			text = []byte(strings.Replace(string(text), "pkce: optional", "pkce: optional\n    "+good, 1))
		}
		if _, err := parseExample(text); err != nil {
			r.t.Fatalf("before the change: %v", err)
		}
		text = []byte(strings.Replace(string(text), good, bad, 1))
		if _, err := parseExample(text); err == nil {
			r.t.Errorf("%q was accepted", bad)
		}
	}
}

func noRedirectURI(r *rp) {
	q := r.request(query)
	q.Del("redirect_uri")
	r.authorize(q)
	r.stays(http.StatusBadRequest)
}

func queryOK(r *rp) {
	q := r.request(query, "redirect_uri", queried)
	r.authorize(q)
	if got := r.answer(q); got.Get("dummy1") != "lorem" || got.Get("dummy2") != "ipsum" {
		r.t.Errorf("the registered query came back as %v", got)
	}
	r.complete(query, q)
}

func badRedirect(c client, uri string) func(*rp) {
	return func(r *rp) {
		r.authorize(r.request(c, "redirect_uri", uri))
		r.stays(http.StatusBadRequest)
	}
}

func requestURI(r *rp) {
	q := r.request(basic, "request_uri", callback+"/request.jwt")
	r.authorize(q)
	r.refused(q, "request_uri_not_supported")
}

// rotateKeys waits until the next keys are due, a while before they sign.
func rotateKeys(r *rp) {
	before := r.login(basic)
	cfg := config.Default()
	policy := cfg.KeyPolicy()
	r.provider.Clock.Advance(policy.RotateEvery - policy.PublishAhead + time.Minute)
	if err := r.provider.App.Keys.Rotate(context.Background()); err != nil {
		r.t.Fatal(err)
	}
	now := discover(r.t, r.provider)
	for _, alg := range r.list("id_token_signing_alg_values_supported") {
		old, all := kids(r.op, alg), kids(now, alg)
		if len(all) <= len(old) || !slices.Contains(all, old[0]) {
			r.t.Errorf("%s: the keys were %v and are %v", alg, old, all)
		}
	}
	r.keys = now.keys
	r.checkKeys()
	r.verify(before.id)
	r.login(basic)
}

// kids are the published keys for an algorithm.
func kids(o *op, alg string) []string {
	var out []string
	for _, k := range o.keys.Keys {
		if k.Algorithm == alg {
			out = append(out, k.KeyID)
		}
	}
	return out
}
