package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// redeem gets the access token for a code, as any application does, but without the
// network: the provider need not reach itself under its own address.
func (c *Console) redeem(r *http.Request, code, verifier string) (string, error) {
	form := url.Values{
		"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {c.URL + c.Callback}, "client_id": {c.ClientID}, "code_verifier": {verifier},
	}
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, c.Issuer.String()+"/oauth/token", strings.NewReader(form.Encode()))
	if err != nil {
		return "", fmt.Errorf("redeem the console's code: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Host, req.RemoteAddr = c.Issuer.Host, r.RemoteAddr
	a := &answer{header: http.Header{}, status: http.StatusOK}
	c.Provider.ServeHTTP(a, req)
	var out struct {
		AccessToken string `json:"access_token"`
		Error       string `json:"error"`
	}
	if err := json.Unmarshal(a.body.Bytes(), &out); err != nil {
		return "", fmt.Errorf("redeem the console's code: %w", err)
	}
	switch {
	case a.status >= http.StatusInternalServerError:
		return "", fmt.Errorf("redeem the console's code: %s", out.Error)
	case out.AccessToken == "":
		return "", notSignedIn("The sign-in was used before, or it took too long.", fmt.Errorf("redeem the console's code: %s", out.Error))
	}
	return out.AccessToken, nil
}

// answer keeps what a handler writes.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header implements http.ResponseWriter.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader implements http.ResponseWriter.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write implements http.ResponseWriter.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
