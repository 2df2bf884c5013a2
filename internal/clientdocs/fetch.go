package clientdocs

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"idp/internal/clientmeta"
	"idp/internal/idp"
	"idp/internal/outbound"
)

// fetch asks for the document and says how long it counts.
func (d *Documents) fetch(ctx context.Context, id string) (*idp.Client, time.Duration, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, id, nil)
	if err != nil {
		return nil, 0, refuse("client_id is no address")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "idp")
	answer, err := d.Out.Do(req)
	switch {
	case errors.Is(err, outbound.ErrTooLarge):
		return nil, 0, refuseAnswer("the document is larger than %d bytes", MaxBody)
	case err != nil: // where the name leads, or whether it does, makes no difference: it could map a network
		return nil, 0, fmt.Errorf("fetch client metadata document: %w: %w", idp.ErrUnreachable, err)
	case answer.Status >= 500 || answer.Status == http.StatusTooManyRequests:
		return nil, 0, fmt.Errorf("fetch client metadata document: status %d: %w", answer.Status, idp.ErrUnreachable)
	case answer.Status != http.StatusOK:
		return nil, 0, refuseAnswer("the document is answered with status %d, not 200", answer.Status)
	case !isJSON(answer.Header.Get("Content-Type")):
		return nil, 0, refuseAnswer("the document is not served as application/json")
	}
	client, err := d.read(id, answer.Body)
	return client, life.Of(answer), err
}

func refuseAnswer(format string, args ...any) error {
	return &Refusal{Reason: fmt.Sprintf(format, args...), answered: true}
}

// forbidden are members that only a client registered with us could have, or
// that would be public secrets (Client ID Metadata Document §4.1).
var forbidden = []string{"client_secret", "client_secret_expires_at", "registration_access_token", "registration_client_uri"}

// read makes the client of a document that was fetched from id.
func (d *Documents) read(id string, body []byte) (*idp.Client, error) {
	m, f := clientmeta.Parse(body)
	if f != nil {
		return nil, refuse("%s", f.Description)
	}
	for _, name := range forbidden {
		if m.Has(name) {
			return nil, refuse("the document must not contain %s", name)
		}
	}
	if said, f := m.Text("client_id"); f != nil || said != id {
		return nil, refuse("client_id in the document must be its own address")
	}
	if secret, f := m.Secret(); f != nil || secret && m.Has("token_endpoint_auth_method") {
		return nil, refuse("token_endpoint_auth_method must be none or private_key_jwt")
	}
	if !m.Has("token_endpoint_auth_method") {
		m["token_endpoint_auth_method"] = []byte(`"none"`)
	}
	client, f := m.Client(id, d.Scopes)
	if f != nil {
		return nil, refuse("%s", f.Description)
	}
	if u, err := url.Parse(client.JWKSURI); client.JWKSURI != "" && (err != nil || !d.allows(u)) {
		return nil, refuse("jwks_uri is at a host whose addresses are not read here")
	}
	client.Resources = d.Resources
	return &client, nil
}

func isJSON(contentType string) bool {
	kind, _, err := mime.ParseMediaType(contentType)
	return err == nil && (kind == "application/json" || strings.HasPrefix(kind, "application/") && strings.HasSuffix(kind, "+json"))
}
