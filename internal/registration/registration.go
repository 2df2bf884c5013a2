package registration

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"idp/internal/clientmeta"
	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// Store keeps registered clients.
type Store interface {
	// RegisterClient returns *idp.LimitedError if there are limit clients already.
	RegisterClient(ctx context.Context, c idp.Client, token secret.Hash, limit int, now time.Time) error
	// The others return idp.ErrNotFound unless the token is for the client.
	RegisteredClient(ctx context.Context, id string, token secret.Hash) (idp.Client, error)
	ChangeRegisteredClient(ctx context.Context, c idp.Client, token secret.Hash, now time.Time) error
	RemoveRegisteredClient(ctx context.Context, id string, token secret.Hash, now time.Time) error
}

// Handlers serves the endpoints.
type Handlers struct {
	Store  Store
	URL    string        // of the registration endpoint
	Tokens []secret.Hash // initial access tokens
	Open   bool          // anybody may register
	Scopes []string      // the most that a registered client may have
	// Resources are the audiences that it may ask for (RFC 8707).
	Resources []string
	Max       int // registered clients
	// Reload makes a change known to this process at once.
	Reload func(ctx context.Context) error
	Now    func() time.Time
}

// Register adds a client (RFC 7591 §3).
func (h *Handlers) Register(w http.ResponseWriter, r *http.Request) error {
	if !h.Open && !h.mayRegister(bearer(r)) {
		return unauthorized(w, r)
	}
	m, fault := members(r)
	if fault != nil {
		return refuse(w, r, fault)
	}
	now := h.Now()
	client, sec, fault := h.client(m, secret.NewID(idp.RegisteredPrefix, now), nil)
	if fault != nil {
		return refuse(w, r, fault)
	}
	token := secret.NewToken()
	err := h.Store.RegisterClient(r.Context(), client, token.Hash(secret.KindRegistration), h.Max, now)
	var limited *idp.LimitedError
	if errors.As(err, &limited) {
		return answerError(w, r, http.StatusForbidden, "access_denied", "as many clients are registered as this server takes")
	}
	if err != nil {
		return err
	}
	if err := h.Reload(r.Context()); err != nil {
		return err
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.Outcome = client.ID, "client.registered"
	return h.answer(w, http.StatusCreated, &client, token, sec, now)
}

// Show reads a registration (RFC 7592 §2.1).
func (h *Handlers) Show(w http.ResponseWriter, r *http.Request) error {
	client, token, err := h.own(r)
	if err != nil {
		return h.unknown(w, r, err)
	}
	return h.answer(w, http.StatusOK, &client, token, secret.Token{}, time.Time{})
}

// Change replaces a registration (RFC 7592 §2.2). The token stays; the secret
// stays too, unless the client had none.
func (h *Handlers) Change(w http.ResponseWriter, r *http.Request) error {
	old, token, err := h.own(r)
	if err != nil {
		return h.unknown(w, r, err)
	}
	m, fault := members(r)
	if fault == nil {
		fault = mayChange(m, &old)
	}
	if fault != nil {
		return refuse(w, r, fault)
	}
	client, sec, fault := h.client(m, old.ID, old.SecretHashes)
	if fault != nil {
		return refuse(w, r, fault)
	}
	if err := h.Store.ChangeRegisteredClient(r.Context(), client, token.Hash(secret.KindRegistration), h.Now()); err != nil {
		return h.unknown(w, r, err)
	}
	if err := h.Reload(r.Context()); err != nil {
		return err
	}
	reqlog.From(r.Context()).Outcome = "client.changed"
	return h.answer(w, http.StatusOK, &client, token, sec, time.Time{})
}

// Remove ends a registration (RFC 7592 §2.3).
func (h *Handlers) Remove(w http.ResponseWriter, r *http.Request) error {
	err := h.Store.RemoveRegisteredClient(r.Context(), r.PathValue("client"), bearer(r).Hash(secret.KindRegistration), h.Now())
	if err == nil {
		err = h.Reload(r.Context())
	}
	if err != nil {
		return h.unknown(w, r, err)
	}
	event := reqlog.From(r.Context())
	event.ClientID, event.Outcome = r.PathValue("client"), "client.removed"
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// client makes the client of the members, with a new secret if it wants one and
// has none.
func (h *Handlers) client(m clientmeta.Members, id string, hashes []secret.Hash) (c idp.Client, sec secret.Token, f *clientmeta.Fault) {
	wants, f := m.Secret()
	switch {
	case f != nil:
		return c, sec, f
	case !wants:
		hashes = nil
	case len(hashes) == 0:
		sec = secret.NewToken()
		hashes = []secret.Hash{sec.Hash(secret.KindClient)}
	}
	if wants && !m.Has("token_endpoint_auth_method") {
		m["token_endpoint_auth_method"] = []byte(`"client_secret_basic"`) // RFC 7591 §2: its default
	}
	c, f = m.Client(id, h.Scopes, hashes...)
	if f == nil && c.JWKSURI != "" {
		f = clientmeta.UsualPort(&c)
	}
	c.Resources = h.Resources
	return c, sec, f
}

// mayChange holds a replacement to RFC 7592 §2.2: it names its client, and brings
// no secret but the one that it has.
func mayChange(m clientmeta.Members, old *idp.Client) *clientmeta.Fault {
	for _, name := range []string{"registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"} {
		if m.Has(name) {
			return &clientmeta.Fault{Code: clientmeta.InvalidMetadata, Description: name + " must not be sent"}
		}
	}
	if id, f := m.Text("client_id"); f != nil || id != old.ID {
		return &clientmeta.Fault{Code: clientmeta.InvalidMetadata, Description: "client_id must be the client's own"}
	}
	if !m.Has("client_secret") {
		return nil
	}
	text, f := m.Text("client_secret")
	hash := secret.TokenOf(text).Hash(secret.KindClient)
	if f != nil || len(old.SecretHashes) != 1 || subtle.ConstantTimeCompare([]byte(hash), []byte(old.SecretHashes[0])) != 1 {
		return &clientmeta.Fault{Code: clientmeta.InvalidMetadata, Description: "client_secret must be the client's own, or left out"}
	}
	return nil
}

// own reads the client that the request's token is for.
func (h *Handlers) own(r *http.Request) (idp.Client, secret.Token, error) {
	token := bearer(r)
	client, err := h.Store.RegisteredClient(r.Context(), r.PathValue("client"), token.Hash(secret.KindRegistration))
	if err == nil {
		reqlog.From(r.Context()).ClientID = client.ID
	}
	return client, token, err
}

func (h *Handlers) mayRegister(token secret.Token) bool {
	hash, found := token.Hash(secret.KindRegistration), 0
	for _, t := range h.Tokens {
		found |= subtle.ConstantTimeCompare([]byte(t), []byte(hash))
	}
	return found == 1 && hash != ""
}

// bearer is the one token of the Authorization header (RFC 6750 §2.1).
func bearer(r *http.Request) secret.Token {
	header := r.Header.Values("Authorization")
	if len(header) != 1 {
		return secret.Token{}
	}
	scheme, token, _ := strings.Cut(header[0], " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return secret.Token{}
	}
	return secret.TokenOf(strings.TrimSpace(token))
}

func members(r *http.Request) (clientmeta.Members, *clientmeta.Fault) {
	bad := &clientmeta.Fault{Code: clientmeta.InvalidMetadata, Description: "the body must be one JSON object, sent as application/json"}
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, bad
	}
	body, err := io.ReadAll(r.Body) // bounded by the server
	if err != nil {
		return nil, bad
	}
	return clientmeta.Parse(body)
}
