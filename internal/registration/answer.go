package registration

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"idp/internal/clientmeta"
	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
	"idp/internal/secret"
)

// information is what a client is told about itself (RFC 7591 §3.2.1, RFC 7592
// §3): what was registered, which may be less than it asked for.
type information struct {
	ClientID    string `json:"client_id"`
	Secret      string `json:"client_secret,omitempty"`
	SecretEnds  *int64 `json:"client_secret_expires_at,omitempty"`
	IssuedAt    int64  `json:"client_id_issued_at,omitempty"`
	AccessToken string `json:"registration_access_token"`
	URI         string `json:"registration_client_uri"`

	Name          string   `json:"client_name"`
	RedirectURIs  []string `json:"redirect_uris"`
	LogoutURIs    []string `json:"post_logout_redirect_uris,omitempty"`
	HomeURI       string   `json:"client_uri,omitempty"`
	InitiateLogin string   `json:"initiate_login_uri,omitempty"`
	Kind          string   `json:"application_type"`
	AuthMethod    string   `json:"token_endpoint_auth_method"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	Scope         string   `json:"scope"`
	JWKSURI       string   `json:"jwks_uri,omitempty"`
	IDTokenAlg    string   `json:"id_token_signed_response_alg"`
	SubjectType   string   `json:"subject_type"`

	JWKS           json.RawMessage `json:"jwks,omitempty"`
	RequestAlg     string          `json:"request_object_signing_alg,omitempty"`
	RequestsSigned bool            `json:"require_signed_request_object,omitempty"`         // RFC 9101 §10.5
	RequestsPushed bool            `json:"require_pushed_authorization_requests,omitempty"` // RFC 9126 §6
	TokensBound    bool            `json:"dpop_bound_access_tokens,omitempty"`              // RFC 9449 §5.2
}

// answer tells a client about itself. A secret is shown once, when it is made.
func (h *Handlers) answer(w http.ResponseWriter, status int, c *idp.Client, token, sec secret.Token, issued time.Time) error {
	info := information{
		ClientID: c.ID, Secret: sec.Reveal(), AccessToken: token.Reveal(), URI: h.URL + "/" + c.ID,
		Name: c.Name, RedirectURIs: c.RedirectURIs, LogoutURIs: c.PostLogoutRedirectURIs, HomeURI: c.HomeURI, InitiateLogin: c.InitiateLoginURI,
		Kind: "web", AuthMethod: string(c.AuthMethod), GrantTypes: c.GrantTypes, ResponseTypes: []string{"code"},
		Scope: strings.Join(c.Scopes, " "), IDTokenAlg: string(c.IDTokenAlg), SubjectType: "public", JWKSURI: c.JWKSURI,
		RequestAlg: string(c.RequestAlg), RequestsSigned: c.RequireSignedRequest, RequestsPushed: c.RequirePAR, TokensBound: c.RequireDPoP,
	}
	if len(c.Keys) > 0 {
		var err error
		if info.JWKS, err = proof.KeySet(c.Keys); err != nil {
			return err
		}
	}
	if c.Native {
		info.Kind = "native"
	}
	if !sec.IsZero() {
		info.SecretEnds = new(int64) // 0: never
	}
	if !issued.IsZero() {
		info.IssuedAt = issued.Unix()
	}
	return writeJSON(w, status, info)
}

func refuse(w http.ResponseWriter, r *http.Request, f *clientmeta.Fault) error {
	return answerError(w, r, http.StatusBadRequest, f.Code, f.Description)
}

// unknown answers a token that is not for the client, and a client that does not
// exist, alike (RFC 7592 §2.1).
func (h *Handlers) unknown(w http.ResponseWriter, r *http.Request, err error) error {
	if errors.Is(err, idp.ErrNotFound) {
		return unauthorized(w, r)
	}
	return err
}

func unauthorized(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("WWW-Authenticate", `Bearer realm="idp", error="invalid_token"`)
	return answerError(w, r, http.StatusUnauthorized, "invalid_token", "the access token is missing or not valid here")
}

func answerError(w http.ResponseWriter, r *http.Request, status int, code, description string) error {
	reqlog.From(r.Context()).Outcome = "refused." + code
	return writeJSON(w, status, map[string]string{"error": code, "error_description": description})
}

// writeJSON writes an answer that nobody may keep.
func writeJSON(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err = w.Write(body)
	return err
}
