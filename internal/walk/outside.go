package walk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"idp/internal/outbound"
)

// backchannel posts something that is no logout token to where the application
// hears of logouts. Any refusal of the application shows that it listens.
func (w *walk) backchannel(ctx context.Context) (string, error) {
	uri := w.client.BackchannelLogoutURI
	if uri == "" {
		return "", skip("the client has no backchannel_logout_uri")
	}
	body := strings.NewReader(url.Values{"logout_token": {madeUp}}.Encode())
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, uri, body)
	if err != nil {
		return "", fmt.Errorf("ask the application: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.reached(req, ".backchannel_logout_uri")
}

// clientKeys reads the keys that the application publishes.
func (w *walk) clientKeys(ctx context.Context) (string, error) {
	if w.client.JWKSURI == "" {
		return "", skip("the client has no jwks_uri")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, w.client.JWKSURI, nil)
	if err != nil {
		return "", fmt.Errorf("ask the application: %w", err)
	}
	return w.reached(req, ".jwks_uri")
}

// reached sends a request as the server does: from this machine, to no address that
// it may not reach.
func (w *walk) reached(req *http.Request, key string) (string, error) {
	a, err := w.Outbound.Do(req)
	switch {
	case errors.Is(err, outbound.ErrForbidden):
		return "", &mismatch{what: "this server may not go there: " + err.Error(), change: "Name the network of the application.", key: "http.allow_private_targets"}
	case err != nil:
		return "", &mismatch{what: "from this machine it cannot be reached: " + err.Error(), change: "Look at the address, DNS, the firewall and the certificate (http.trusted_cas).", key: key}
	case a.Status == http.StatusNotFound || a.Status == http.StatusMethodNotAllowed:
		return "", &mismatch{what: fmt.Sprintf("%s answers %d: nobody listens at this path", req.URL, a.Status), change: "Set the path that the application documents.", key: key}
	case a.Status >= http.StatusMultipleChoices && a.Status < http.StatusBadRequest:
		return "", &mismatch{what: fmt.Sprintf("%s answers %d: it leads elsewhere, and redirects are not followed", req.URL, a.Status), change: "Set the address that it leads to.", key: key}
	case a.Status >= http.StatusInternalServerError:
		return "", &mismatch{what: fmt.Sprintf("%s answers %d", req.URL, a.Status), change: "Look at the application's log.", key: key}
	}
	return fmt.Sprintf("%s answers %d", req.URL, a.Status), nil
}
