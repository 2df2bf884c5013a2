package walk

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"idp/internal/idp"
	"idp/internal/secret"
)

// madeUp is a code, or a logout token, that no server made: that it is refused as such proves that the
// client was authenticated first.
const madeUp = "made-up-by-idp-client-test"

// proven are the errors that only an authenticated client is told.
var proven = []string{"invalid_grant", "unauthorized_client", "invalid_dpop_proof", "use_dpop_nonce"}

// authenticate proves the client at the token endpoint, by each method that its
// entry allows.
func (w *walk) authenticate(ctx context.Context) (string, error) {
	methods := []idp.AuthMethod{w.client.AuthMethod}
	switch {
	case w.client.AuthMethod == idp.AuthKey:
		return "", skip("private_key_jwt: the application's private key is not here")
	case w.client.AuthMethod == "":
		methods = []idp.AuthMethod{idp.AuthBasic, idp.AuthPost}
	}
	if !w.client.Public() && w.Secret.IsZero() {
		return "", skip("the secret was not given: --secret-file FILE, or IDP_CLIENT_SECRET in the environment")
	}
	if !w.client.Public() && !slices.Contains(w.client.SecretHashes, w.Secret.Hash(secret.KindClient)) {
		return "", &mismatch{what: "the secret that was given is not the one whose hash the file has", change: "Put the application's secret here, or make a new one: idp client secret.", key: ".secrets"}
	}
	for _, m := range methods {
		a, err := w.as(ctx, m, w.found.Token, url.Values{
			"grant_type": {idp.GrantCode}, "code": {madeUp}, "redirect_uri": {strings.Join(w.client.RedirectURIs[:min(1, len(w.client.RedirectURIs))], "")},
		})
		if err != nil {
			return "", err
		}
		code, description := a.fault()
		if !slices.Contains(proven, code) {
			return "", w.stale(fmt.Sprintf("%s: the token endpoint answers %d %s: %s", m, a.status, code, description), ".auth_method")
		}
		w.refused++
	}
	words := make([]string, len(methods))
	for i, m := range methods {
		words[i] = string(m)
	}
	return strings.Join(words, " and ") + ": proven with a made-up code", nil
}

// method is one by which the client can prove itself with a secret.
func (w *walk) method() idp.AuthMethod {
	if w.client.AuthMethod == "" {
		return idp.AuthBasic
	}
	return w.client.AuthMethod
}

// as posts a form as the client.
func (w *walk) as(ctx context.Context, m idp.AuthMethod, address string, form url.Values) (*answer, error) {
	switch m {
	case idp.AuthNone:
		form.Set("client_id", w.client.ID)
	case idp.AuthPost:
		form.Set("client_id", w.client.ID)
		form.Set("client_secret", w.Secret.Reveal())
	default:
		form.Del("client_id")
	}
	return w.post(ctx, address, form, func(r *http.Request) {
		if m == idp.AuthBasic { // RFC 6749 §2.3.1: both are encoded as in a form
			r.SetBasicAuth(url.QueryEscape(w.client.ID), url.QueryEscape(w.Secret.Reveal()))
		}
	})
}

// webOrigins are those that an application without a server may call from: of its
// redirect URIs, but for the ones that belong to programs.
func (w *walk) webOrigins() []string {
	if !w.client.Public() || w.client.Native || !w.client.MayGrant(idp.GrantCode) {
		return nil
	}
	return slices.DeleteFunc(w.client.RedirectOrigins(), func(o string) bool { return !strings.HasPrefix(o, "https:") })
}

// origins asks as a browser does whether pages of the registered origins may call.
func (w *walk) origins(ctx context.Context) (string, error) {
	if len(w.client.CORSOrigins) == 0 {
		if own := w.webOrigins(); len(own) > 0 {
			return "", skip("the client has no cors_origins: an application that runs in the browser needs its origin there, cors_origins: [" + strings.Join(own, ", ") + "]")
		}
		return "", skip("the client has no cors_origins")
	}
	for _, origin := range w.client.CORSOrigins {
		req, err := http.NewRequestWithContext(ctx, http.MethodOptions, w.found.Token, nil)
		if err != nil {
			return "", fmt.Errorf("ask for %s: %w", origin, err)
		}
		req.Header.Set("Origin", origin)
		req.Header.Set("Access-Control-Request-Method", http.MethodPost)
		a, err := w.do(req)
		if err != nil {
			return "", err
		}
		if a.header.Get("Access-Control-Allow-Origin") != origin {
			return "", w.stale("pages of "+origin+" may not call the token endpoint", ".cors_origins")
		}
	}
	return strings.Join(w.client.CORSOrigins, " "), nil
}
