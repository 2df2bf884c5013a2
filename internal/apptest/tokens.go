package apptest

import (
	"net/http"
	"net/url"
)

// Post sends a form to an endpoint as a client: with HTTP Basic if the client
// has a secret, with its client_id in the form otherwise.
func (p *Provider) Post(path string, c Client, form url.Values) Reply {
	p.t.Helper()
	form = cloned(form)
	if c.Public() {
		form.Set("client_id", c.ID)
	}
	if c.ID == Post.ID { // registered for client_secret_post
		form.Set("client_id", c.ID)
		form.Set("client_secret", c.Secret)
	}
	req := p.NewRequest(path, form)
	if !c.Public() && c.ID != Post.ID {
		SetBasic(req, c.ID, c.Secret)
	}
	return p.Do(req)
}

// SetBasic puts a client's id and secret into the Authorization header, encoded
// as RFC 6749 §2.3.1 wants it.
func SetBasic(req *http.Request, id, secret string) {
	req.SetBasicAuth(url.QueryEscape(id), url.QueryEscape(secret))
}

// CodeForm is the body of a redemption of a code of the request.
func (r Request) CodeForm(code string) url.Values {
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {r.Params.Get("redirect_uri")}}
	if r.Verifier != "" {
		form.Set("code_verifier", r.Verifier)
	}
	return form
}

// Redeem exchanges a code of the request.
func (p *Provider) Redeem(r Request, code string) Reply {
	p.t.Helper()
	return p.Post("/oauth/token", r.Client, r.CodeForm(code))
}

// Refresh exchanges a refresh token. scope may be "".
func (p *Provider) Refresh(c Client, token, scope string) Reply {
	p.t.Helper()
	form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
	if scope != "" {
		form.Set("scope", scope)
	}
	return p.Post("/oauth/token", c, form)
}

// Introspect asks about a token (RFC 7662).
func (p *Provider) Introspect(c Client, token string) Reply {
	p.t.Helper()
	return p.Post("/oauth/introspect", c, url.Values{"token": {token}})
}

// Revoke revokes a token (RFC 7009).
func (p *Provider) Revoke(c Client, token string) Reply {
	p.t.Helper()
	return p.Post("/oauth/revoke", c, url.Values{"token": {token}})
}

// Tokens signs in in the browser and redeems the code; it fails the test if
// either does not work.
func (b *Browser) Tokens(r Request, email string) Reply {
	b.t.Helper()
	a := b.SignIn(r, email)
	reply := b.p.For(b.t).Redeem(r, a.Code())
	if reply.Status != http.StatusOK {
		b.t.Fatalf("redeem the code of %v: %s", a.Params, reply)
	}
	return reply
}
