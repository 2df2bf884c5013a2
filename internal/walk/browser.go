package walk

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"idp/internal/idp"
)

// signIn sends the browser as the application does, to each redirect URI, and
// expects the page where people type their address.
func (w *walk) signIn(ctx context.Context) (string, error) {
	if w.client.RequireSignedRequest {
		return "", skip("the client must sign its requests, and its key is not here")
	}
	for _, uri := range w.client.RedirectURIs {
		a, err := w.authorize(ctx, w.parameters(uri, true))
		if err != nil {
			return "", err
		}
		if fault := w.refusal(a); fault != nil {
			return "", fault
		}
		page, err := w.follow(ctx, a)
		if err != nil {
			return "", err
		}
		if page.status != http.StatusOK || !bytes.Contains(page.body, []byte("<form")) {
			return "", &mismatch{what: fmt.Sprintf("the sign-in page answers %d", page.status), change: "See the server's log, and idp doctor."}
		}
	}
	return "reached for " + strings.Join(w.client.RedirectURIs, " "), nil
}

// parameters are those of an authorization request with all of the client's scopes.
func (w *walk) parameters(uri string, pkce bool) url.Values {
	p := url.Values{
		"client_id": {w.client.ID}, "redirect_uri": {uri}, "response_type": {"code"}, "scope": {strings.Join(w.client.Scopes, " ")},
		"state": {rand.Text()}, "nonce": {rand.Text()},
	}
	if modes := w.client.Modes(); modes[0] != idp.ModeQuery {
		p.Set("response_mode", modes[0])
	}
	if pkce {
		sum := sha256.Sum256([]byte(rand.Text() + rand.Text()))
		p.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
		p.Set("code_challenge_method", "S256")
	}
	return p
}

// authorize sends the request, pushed if the client must.
func (w *walk) authorize(ctx context.Context, p url.Values) (*answer, error) {
	if !w.client.RequirePAR {
		return w.get(ctx, w.found.Authorize+"?"+p.Encode())
	}
	if !w.client.Public() && w.Secret.IsZero() || w.client.AuthMethod == idp.AuthKey {
		return nil, skip("the client must push its requests, which needs its secret: --secret-file")
	}
	a, err := w.as(ctx, w.method(), w.found.Pushed, p)
	if err != nil {
		return nil, err
	}
	var pushed struct {
		URI string `json:"request_uri"`
	}
	if a.status != http.StatusCreated || json.Unmarshal(a.body, &pushed) != nil {
		return a, nil
	}
	return w.get(ctx, w.found.Authorize+"?"+url.Values{"client_id": {w.client.ID}, "request_uri": {pushed.URI}}.Encode())
}

// refusal is what is wrong with the answer to an authorization request; nil if it
// leads to the sign-in.
func (w *walk) refusal(a *answer) error {
	code, description := a.fault()
	switch {
	case strings.HasPrefix(a.location, "/login") || strings.HasPrefix(a.location, w.cfg.Issuer+"/login"):
		return nil
	case code != "":
		return w.stale("the server refuses: "+code+": "+description, "")
	case a.status == http.StatusBadRequest:
		return w.stale("the server shows an error page: it knows no such client, or not this redirect URI", ".redirect_uris")
	}
	return &mismatch{what: fmt.Sprintf("the authorization endpoint answers %d", a.status), change: "See the server's log, and idp doctor."}
}

// fault is the OAuth error of an answer, wherever it stands.
func (a *answer) fault() (code, description string) {
	var said struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(a.body, &said) == nil && said.Error != "" {
		return said.Error, said.Description
	}
	u, err := url.Parse(a.location)
	if err != nil {
		return "", ""
	}
	return u.Query().Get("error"), u.Query().Get("error_description")
}

// follow goes where an answer leads, with the cookies that it set, as a browser
// does.
func (w *walk) follow(ctx context.Context, a *answer) (*answer, error) {
	target := a.location
	if strings.HasPrefix(target, "/") {
		target = w.cfg.Issuer + target
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, target, nil)
	if err != nil {
		return nil, fmt.Errorf("follow the answer: %w", err)
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		req.AddCookie(c)
	}
	return w.do(req)
}

// pkce looks whether a request without PKCE gets what the entry says.
func (w *walk) pkce(ctx context.Context) (string, error) {
	if w.client.RequireSignedRequest || w.client.RequirePAR {
		return "", skip("the client signs or pushes its requests")
	}
	a, err := w.authorize(ctx, w.parameters(w.client.RedirectURIs[0], false))
	if err != nil {
		return "", err
	}
	fault := w.refusal(a)
	switch {
	case w.client.PKCEOptional && fault == nil:
		return "optional: the application may do without", nil
	case w.client.PKCEOptional:
		return "", w.stale("a request without PKCE is refused", ".pkce")
	case fault == nil:
		return "", w.stale("a request without PKCE is accepted", ".pkce")
	}
	w.refused++
	return "required: a request without it was refused", nil
}

// signOut asks for each way back after a sign-out.
func (w *walk) signOut(ctx context.Context) (string, error) {
	if len(w.client.PostLogoutRedirectURIs) == 0 {
		return "", skip("the client has no post_logout_redirect_uris")
	}
	for _, uri := range w.client.PostLogoutRedirectURIs {
		a, err := w.get(ctx, w.found.EndSession+"?"+url.Values{"client_id": {w.client.ID}, "post_logout_redirect_uri": {uri}}.Encode())
		if err != nil {
			return "", err
		}
		if a.location != uri {
			return "", w.stale(fmt.Sprintf("after a sign-out people do not come back to %s (%d)", uri, a.status), ".post_logout_redirect_uris")
		}
	}
	return "back to " + strings.Join(w.client.PostLogoutRedirectURIs, " "), nil
}
