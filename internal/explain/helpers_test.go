package explain_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/explain"
	"idp/internal/idp"
	"idp/internal/secret"
	"idp/internal/testdb"
)

const ada, bob = "ada@example.com", "bob@example.com"

// place is a running provider with its configuration.
type place struct {
	*apptest.Provider
	cfg *config.Config
	key ed25519.PrivateKey // of the client keyed
}

// newPlace starts a provider with clients for what the common ones do not have.
func newPlace(t *testing.T, database string) *place {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	jwk, err := json.Marshal(jose.JSONWebKey{Key: public, KeyID: "k1", Algorithm: "EdDSA", Use: "sig"})
	if err != nil {
		t.Fatal(err)
	}
	p := &place{key: private}
	p.Provider = apptest.New(t, database, apptest.Configure(func(c *config.Config) { p.cfg = c }), apptest.Clients(fmt.Sprintf(`  - id: keyed
    name: Keyed
    auth_method: private_key_jwt
    jwks: {keys: [%s]}
    redirect_uris: ["https://keyed.example.com/callback"]
  - id: pushing
    name: Pushing
    require_par: true
    secrets: ["env:PUSHING_SECRET"]
    redirect_uris: ["https://pushing.example.com/callback"]
  - id: members
    name: Members
    signup: {mode: closed}
    secrets: ["env:MEMBERS_SECRET"]
    redirect_uris: ["https://members.example.com/callback"]
  - {id: board, name: Board, type: public, redirect_uris: ["https://board.example.com/callback"]}
  - {id: first, name: First, type: public, redirect_uris: ["https://shared.example.com/1"]}
  - {id: second, name: Second, type: public, redirect_uris: ["https://shared.example.com/2"]}
  - id: marked
    name: Marked
    secrets: ["sha256:%s"]
    redirect_uris: ["https://marked.example.com/callback"]
`, jwk, secret.TokenOf(marked).Hash(secret.KindClient))))
	return p
}

// each runs test on each database.
func each(t *testing.T, test func(t *testing.T, p *place)) {
	t.Helper()
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) { test(t, newPlace(t, url)) })
}

// failures are the newest failures of a client, all if it is "".
func (p *place) failures(t *testing.T, client string) []idp.Failure {
	t.Helper()
	if err := p.App.SettleFailures(t.Context()); err != nil {
		t.Fatal(err)
	}
	all, err := p.App.Store.Failures(t.Context(), client, "", 1000)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// newest explains the failure that was recorded last.
func (p *place) newest(t *testing.T) explain.Explanation {
	t.Helper()
	all := p.failures(t, "")
	if len(all) == 0 {
		t.Fatal("nothing was recorded")
	}
	return explain.Of(p.cfg, &all[0])
}

// assertion signs a client assertion of the client keyed, made at a time.
func (p *place) assertion(t *testing.T, at time.Time, audience string) url.Values {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: jose.JSONWebKey{Key: p.key, KeyID: "k1"}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	claims, err := json.Marshal(map[string]any{"iss": "keyed", "sub": "keyed", "aud": audience, "jti": rand.Text(), "iat": at.Unix(), "exp": at.Add(time.Minute).Unix()})
	if err != nil {
		t.Fatal(err)
	}
	jws, err := signer.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	text, err := jws.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {text},
		"grant_type": {"refresh_token"}, "refresh_token": {"x"}, "client_id": {"keyed"},
	}
}

// endSessions ends all of ada's, on behalf of whom the context names.
func (p *place) endSessions(t *testing.T, ctx context.Context) {
	t.Helper()
	found, err := p.App.Store.Account(ctx, ada)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := p.App.Store.EndOtherSessions(ctx, found.ID, "", p.Clock.Now()); err != nil || n == 0 {
		t.Fatalf("%d sessions ended: %v", n, err)
	}
}

// post sends a form without authenticating, but for what the form has.
func (p *place) post(t *testing.T, form url.Values, header ...string) {
	t.Helper()
	req := p.NewRequest("/oauth/token", form)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	p.For(t).Do(req)
}

// basic posts as a client with a secret by HTTP Basic.
func (p *place) basic(t *testing.T, id, secret string, form url.Values) {
	t.Helper()
	req := p.NewRequest("/oauth/token", form)
	apptest.SetBasic(req, id, secret)
	p.For(t).Do(req)
}

// marked is a secret that HTTP Basic changes if it is not encoded.
const marked = "one+two+three+four+five+six+seven+eight+nine"

// raw posts as a client that does not encode its secret for HTTP Basic.
func (p *place) raw(t *testing.T, id, secret string) {
	t.Helper()
	req := p.NewRequest("/oauth/token", someForm())
	req.SetBasicAuth(id, secret)
	p.For(t).Do(req)
}

// code signs ada in and returns a code.
func (p *place) code(t *testing.T, r apptest.Request) string {
	t.Helper()
	return p.For(t).Browser().SignIn(r, ada).Code()
}

func open(t *testing.T, p *place, r apptest.Request) *apptest.Page {
	t.Helper()
	page := p.For(t).Browser().Authorize(r)
	if page.Status >= http.StatusInternalServerError {
		t.Fatalf("%s", page)
	}
	return page
}

func someForm() url.Values {
	return url.Values{"grant_type": {"refresh_token"}, "refresh_token": {strings.Repeat("x", 9)}}
}
