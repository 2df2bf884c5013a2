package caller

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// RedirectURI is registered for every client; nobody listens there.
const RedirectURI = "http://127.0.0.1:9/callback"

// Client is a registration at the provider. A public one has no secret.
type Client struct {
	ID, Secret string
	Algorithm  string // of its ID tokens
}

// Application is one worker of a client's backend. One goroutine uses it at a
// time.
type Application struct {
	provider *Provider
	client   Client
	conn     *conn
	answers  int
	prover   *prover // nil: its tokens are whoever holds them
}

// checkEvery is how many token answers share one check of the ID token.
const checkEvery = 32

// Application connects a client to the provider.
func (p *Provider) Application(c Client) (*Application, error) {
	connection, err := p.dial()
	if err != nil {
		return nil, err
	}
	return &Application{provider: p, client: c, conn: connection}, nil
}

// attempt is what an application remembers of one authorization request.
type attempt struct{ state, nonce, verifier string }

// authorize makes an authorization request (OpenID Connect Core §3.1.2.1, RFC
// 7636 §4.3).
func (a *Application) authorize() (target string, try attempt) {
	try = attempt{state: rand.Text(), nonce: rand.Text(), verifier: rand.Text() + rand.Text()}
	challenge := sha256.Sum256([]byte(try.verifier))
	return pathAuthorize + "?response_type=code&client_id=" + a.client.ID + "&redirect_uri=" + url.QueryEscape(RedirectURI) +
		"&scope=openid+email+profile+offline_access&state=" + try.state + "&nonce=" + try.nonce +
		"&code_challenge_method=S256&code_challenge=" + base64.RawURLEncoding.EncodeToString(challenge[:]), try
}

// Tokens are what the token endpoint gives.
type Tokens struct {
	Access  string `json:"access_token"`
	Refresh string `json:"refresh_token"`
	ID      string `json:"id_token"`
}

// redeem exchanges the code of a callback.
func (a *Application) redeem(callback string, try attempt) (Tokens, error) {
	u, err := url.Parse(callback)
	if err != nil {
		return Tokens{}, fmt.Errorf("callback: %w", err)
	}
	q := u.Query()
	if q.Get("state") != try.state || q.Get("code") == "" {
		return Tokens{}, fmt.Errorf("callback: no code for this state, but %s", u.RawQuery)
	}
	return a.token("grant_type=authorization_code&code="+url.QueryEscape(q.Get("code"))+"&redirect_uri="+url.QueryEscape(RedirectURI)+
		"&code_verifier="+try.verifier, try.nonce)
}

// refresh exchanges a refresh token.
func (a *Application) refresh(token string) (Tokens, error) {
	return a.token("grant_type=refresh_token&refresh_token="+url.QueryEscape(token), "")
}

func (a *Application) token(form, nonce string) (t Tokens, err error) {
	headers := a.basic()
	if headers == "" {
		form += "&client_id=" + a.client.ID
	}
	if a.prover != nil {
		proof, err := a.prover.header(http.MethodPost, a.provider.Issuer+pathToken, "")
		if err != nil {
			return t, err
		}
		headers += proof
	}
	res, err := a.conn.post(pathToken, headers, form)
	if err == nil {
		err = res.want(http.StatusOK)
	}
	if err == nil {
		err = json.Unmarshal(res.body, &t)
	}
	if err != nil {
		return t, err
	}
	if t.Access == "" || t.Refresh == "" || t.ID == "" {
		return t, errors.New("token answer: a token is missing")
	}
	if a.answers++; a.answers%checkEvery == 1 {
		err = a.provider.checkIDToken(t.ID, a.client, nonce)
	}
	return t, err
}

// basic is the Authorization line of a client with a secret (RFC 6749 §2.3.1).
func (a *Application) basic() string {
	if a.client.Secret == "" {
		return ""
	}
	pair := url.QueryEscape(a.client.ID) + ":" + url.QueryEscape(a.client.Secret)
	return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(pair)) + "\r\n"
}

// userinfo asks who an access token is about (OpenID Connect Core §5.3).
func (a *Application) userinfo(access, address string) error {
	headers := "Authorization: Bearer " + access + "\r\n"
	if a.prover != nil {
		proof, err := a.prover.header(http.MethodGet, a.provider.Issuer+pathUserinfo, access)
		if err != nil {
			return err
		}
		headers = "Authorization: DPoP " + access + "\r\n" + proof
	}
	res, err := a.conn.get(pathUserinfo, headers)
	if err == nil {
		err = res.want(http.StatusOK)
	}
	if err == nil && !strings.Contains(string(res.body), `"email":"`+address+`"`) {
		err = fmt.Errorf("userinfo: not about %s: %s", address, res.body)
	}
	return err
}

// introspect asks whether an access token lives (RFC 7662).
func (a *Application) introspect(access string) error {
	res, err := a.conn.post(pathIntrospect, a.basic(), "token="+url.QueryEscape(access))
	if err == nil {
		err = res.want(http.StatusOK)
	}
	if err == nil && !strings.Contains(string(res.body), `"active":true`) {
		err = fmt.Errorf("introspection: not active: %s", res.body)
	}
	return err
}
