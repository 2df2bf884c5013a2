package oidc

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"idp/internal/idp"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// authenticate finds and proves the client of a direct request, and spends its
// assertion.
func (p *Provider) authenticate(r *http.Request) (*idp.Client, *protocolError) {
	client, assertion, fail := p.identify(r)
	if fail == nil && assertion.Hash != "" {
		fail = p.spend(r, fault(invalidClient, assertionUsed), assertion)
	}
	return client, fail
}

// identify is authenticate for callers that spend the client's assertion, if it has
// one, together with something else.
func (p *Provider) identify(r *http.Request) (*idp.Client, idp.Once, *protocolError) {
	if r.PostForm.Get("client_assertion") != "" || r.PostForm.Get("client_assertion_type") != "" { // empty is left out: RFC 6749 §3.2
		if fail := checkForm(r); fail != nil {
			return nil, idp.Once{}, fail
		}
		return p.identifyByKey(r)
	}
	client, fail := p.identifyBySecret(r)
	return client, idp.Once{}, fail
}

func checkForm(r *http.Request) *protocolError {
	if r.URL.RawQuery != "" {
		return invalid("parameters belong in the body, not in the address").why(idp.FailAuthForm, "parameters stand in the address instead of the body")
	}
	if ct, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";"); !strings.EqualFold(strings.TrimSpace(ct), "application/x-www-form-urlencoded") {
		return invalid("the content type must be application/x-www-form-urlencoded").why(idp.FailContentType, ct, "application/x-www-form-urlencoded")
	}
	return nil
}

// identifyBySecret finds the client by the one method that is used, which must be
// the registered one if the client pins it (RFC 6749 §2.3, OpenID Connect Core §9).
// A wrong secret is said to be wrong, whichever way it came.
func (p *Provider) identifyBySecret(r *http.Request) (*idp.Client, *protocolError) {
	if fail := checkForm(r); fail != nil {
		return nil, fail
	}
	id, sec, method, fail := credentials(r)
	if fail != nil {
		return nil, fail
	}
	client, fail := p.lookUp(r.Context(), id)
	if fail != nil {
		return nil, fail
	}
	var hashes []secret.Hash
	if client != nil {
		reqlog.From(r.Context()).ClientID = client.ID
		hashes = client.SecretHashes
		if fail := allowed(client, method); fail != nil {
			return nil, fail
		}
		if client.Public() {
			return client, nil
		}
	}
	// The comparison runs for unknown clients too, so that time says nothing.
	if !matchesAny(hashes, sec.Hash(secret.KindClient)) || client == nil {
		return nil, wrongSecret(r, client, id, method)
	}
	// Many programs try the other way when one is refused, and their log has the last
	// answer alone: it must not speak of the way while the secret is wrong.
	if client.AuthMethod != "" && client.AuthMethod != method {
		return nil, otherMethod(client, method)
	}
	return client, nil
}

// wrongSecret refuses a secret, and finds out for the administrator whether it was only
// not encoded. It is not taken: what one secret is must not depend on how it is read.
func wrongSecret(r *http.Request, client *idp.Client, id string, method idp.AuthMethod) *protocolError {
	fail := fault(invalidClient, "unknown client or wrong secret").of(id)
	_, raw, _ := rawBasic(r.Header.Get("Authorization"))
	hash := secret.TokenOf(raw).Hash(secret.KindClient) // for unknown clients too: see identifyBySecret
	switch {
	case client == nil:
		matchesAny(nil, hash)
		return fail.why(idp.FailUnknownClient, id)
	case matchesAny(client.SecretHashes, hash):
		return fail.because(errors.New(idp.SeenRaw)).why(idp.FailSecret, idp.SeenRaw)
	}
	return fail.why(idp.FailSecret, string(method))
}

// lookUp finds a client; nil if there is none of this id.
func (p *Provider) lookUp(ctx context.Context, id string) (*idp.Client, *protocolError) {
	client, err := p.Clients.Find(ctx, id)
	if err != nil && !errors.Is(err, idp.ErrNotFound) {
		return nil, fault(unavailable, "the client cannot be looked up now; try again").because(err)
	}
	return client, nil
}

// allowed checks whether the client has a secret where one came, and none where none
// did. Which way a secret must come is asked when it has proved to be right.
func allowed(c *idp.Client, method idp.AuthMethod) *protocolError {
	switch {
	case c.Public() && method != idp.AuthNone:
		return fault(invalidClient, "this client is public and must not send a secret").why(idp.FailAuthMethod, string(method), methodOf(c))
	case c.AuthMethod == idp.AuthKey:
		return otherMethod(c, method)
	case !c.Public() && method == idp.AuthNone:
		return fault(invalidClient, "the client secret is missing").why(idp.FailAuthMethod, string(method), methodOf(c))
	}
	return nil
}

func otherMethod(c *idp.Client, method idp.AuthMethod) *protocolError {
	return fault(invalidClient, "this client must authenticate with %s", c.AuthMethod).why(idp.FailAuthMethod, string(method), methodOf(c))
}

// credentials reads the client's id and secret from the one place they stand in.
func credentials(r *http.Request) (id string, sec secret.Token, method idp.AuthMethod, fail *protocolError) {
	bodyID, bodySecret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	header := r.Header.Get("Authorization")
	if header == "" {
		switch {
		case bodyID == "":
			return "", sec, "", fault(invalidClient, "the client did not say who it is").why(idp.FailNoClient, "")
		case bodySecret == "":
			return bodyID, sec, idp.AuthNone, nil
		}
		return bodyID, secret.TokenOf(bodySecret), idp.AuthPost, nil
	}
	id, sec, ok := basic(header)
	switch {
	case !ok:
		return "", sec, "", malformed(header, bodyID)
	case bodySecret != "":
		return "", sec, "", invalid("the client authenticates in two ways at once").why(idp.FailAuthForm, "a secret in the Authorization header and one in the body").of(id)
	case bodyID != "" && bodyID != id:
		return "", sec, "", invalid("client_id differs from the one in the Authorization header").why(idp.FailAuthForm, "client_id in the body differs from that in the Authorization header").of(id)
	}
	return id, sec, idp.AuthBasic, nil
}

// malformed refuses an Authorization header that cannot be read.
func malformed(header, bodyID string) *protocolError {
	fail := fault(invalidClient, "the Authorization header is not well formed")
	user, _, ok := rawBasic(header)
	if id, err := url.QueryUnescape(user); ok && err == nil && id != "" {
		return fail.why(idp.FailAuthForm, idp.SeenPercent).of(id)
	}
	return fail.why(idp.FailAuthForm, "the Authorization header is not well formed").of(bodyID)
}

// basic reads an Authorization header. Id and secret are form-encoded inside
// (RFC 6749 §2.3.1), which net/http's own reader does not undo.
func basic(header string) (id string, sec secret.Token, ok bool) {
	user, pass, ok := rawBasic(header)
	if !ok {
		return "", sec, false
	}
	id, err := url.QueryUnescape(user)
	if err != nil {
		return "", sec, false
	}
	if pass, err = url.QueryUnescape(pass); err != nil {
		return "", sec, false
	}
	return id, secret.TokenOf(pass), id != ""
}

// rawBasic reads an Authorization header without undoing the encoding inside.
func rawBasic(header string) (user, pass string, ok bool) {
	scheme, encoded, _ := strings.Cut(header, " ")
	raw, err := base64.StdEncoding.DecodeString(strings.TrimSpace(encoded))
	if err != nil || !strings.EqualFold(scheme, "Basic") {
		return "", "", false
	}
	return strings.Cut(string(raw), ":")
}

// matchesAny compares in constant time with every hash. An empty hash matches
// nothing.
func matchesAny(hashes []secret.Hash, got secret.Hash) bool {
	found := 0
	for _, h := range hashes {
		found |= subtle.ConstantTimeCompare([]byte(h), []byte(got))
	}
	if len(hashes) == 0 {
		subtle.ConstantTimeCompare([]byte(got), []byte(got))
	}
	return found == 1 && got != ""
}
