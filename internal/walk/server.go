package walk

import (
	"context"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"idp/internal/oidc"
)

// maxAnswer bounds what is read of an answer.
const maxAnswer = 1 << 20

// metadata is what the walk reads of discovery.
type metadata struct {
	Issuer        string   `json:"issuer"`
	Authorize     string   `json:"authorization_endpoint"`
	Token         string   `json:"token_endpoint"`
	JWKS          string   `json:"jwks_uri"`
	EndSession    string   `json:"end_session_endpoint"`
	Pushed        string   `json:"pushed_authorization_request_endpoint"`
	TokenAlgs     []string `json:"id_token_signing_alg_values_supported"`
	Methods       []string `json:"token_endpoint_auth_methods_supported"`
	ResponseModes []string `json:"response_modes_supported"`
}

// answer is one answer, read whole.
type answer struct {
	status   int
	header   http.Header
	body     []byte
	location string
}

func (w *walk) get(ctx context.Context, address string) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", address, err)
	}
	return w.do(req)
}

func (w *walk) post(ctx context.Context, address string, form url.Values, change func(*http.Request)) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("ask %s: %w", address, err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if change != nil {
		change(req)
	}
	return w.do(req)
}

func (w *walk) do(req *http.Request) (*answer, error) {
	resp, err := w.HTTP.Do(req)
	if err != nil {
		if errors.As(err, new(x509.UnknownAuthorityError)) {
			return nil, &mismatch{what: "the server's certificate is from an authority that is not trusted here", change: "Name the authority's certificate in http.trusted_cas, if it is your own; else see idp doctor.", key: "http.trusted_cas"}
		}
		return nil, &mismatch{what: "the server cannot be reached: " + err.Error(), change: "Start idp serve, and look at DNS, the proxy and the certificate: idp doctor.", key: "issuer"}
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, fmt.Errorf("read the answer of %s: %w", req.URL.Path, err)
	}
	return &answer{status: resp.StatusCode, header: resp.Header, body: body, location: resp.Header.Get("Location")}, nil
}

// discover reads the metadata as every application does first.
func (w *walk) discover(ctx context.Context) (string, error) {
	address := w.cfg.Issuer + oidc.PathOpenID
	a, err := w.get(ctx, address)
	if err != nil {
		return "", err
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &w.found) != nil {
		return "", &mismatch{what: fmt.Sprintf("%s answers %d, and not with JSON", address, a.status), change: "The address leads to something else: look at the proxy.", key: "issuer"}
	}
	if w.found.Issuer != w.cfg.Issuer {
		return "", &mismatch{what: fmt.Sprintf("the running server says that it is %s, the file says %s", w.found.Issuer, w.cfg.Issuer), change: "Restart the server with this configuration.", key: "issuer"}
	}
	for _, endpoint := range []string{w.found.Authorize, w.found.Token, w.found.JWKS} {
		if !strings.HasPrefix(endpoint, w.cfg.Issuer+"/") {
			return "", &mismatch{what: "an endpoint is missing in " + address, change: "The answer is not this server's: look at the proxy."}
		}
	}
	for _, endpoint := range []string{w.found.Pushed, w.found.EndSession} { // a secret may go there
		if endpoint != "" && !strings.HasPrefix(endpoint, w.cfg.Issuer+"/") {
			return "", &mismatch{what: address + " names " + endpoint + ", which is not this server's", change: "The answer is not this server's: look at the proxy."}
		}
	}
	if alg := string(w.client.IDTokenAlg); !slices.Contains(w.found.TokenAlgs, alg) {
		return "", w.stale("ID tokens are not signed with "+alg, ".id_token_alg")
	}
	return address, nil
}

// stale is the mismatch of a server that runs with another configuration.
func (w *walk) stale(what, key string) error {
	return &mismatch{what: what, change: "The running server has another configuration than this file: restart it, or see idp config check.", key: key}
}

// keys looks for the key that the client's ID tokens are signed with.
func (w *walk) keys(ctx context.Context) (string, error) {
	a, err := w.get(ctx, w.found.JWKS)
	if err != nil {
		return "", err
	}
	var set struct {
		Keys []struct {
			ID        string `json:"kid"`
			Algorithm string `json:"alg"`
		} `json:"keys"`
	}
	if a.status != http.StatusOK || json.Unmarshal(a.body, &set) != nil {
		return "", &mismatch{what: fmt.Sprintf("%s answers %d, and not with keys", w.found.JWKS, a.status), change: "Look at the proxy."}
	}
	for _, k := range set.Keys {
		if k.Algorithm == string(w.client.IDTokenAlg) {
			return fmt.Sprintf("%s for %s", k.ID, k.Algorithm), nil
		}
	}
	return "", &mismatch{what: "no key is published for " + string(w.client.IDTokenAlg), change: "Look at idp keys list, or choose another algorithm.", key: ".id_token_alg"}
}
