package conformance_test

import (
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"testing"
)

// tokens is a checked answer of the token endpoint.
type tokens struct {
	client              client
	access, refresh, id string
	claims              map[string]any // of the ID token
}

func (t tokens) sub() string       { s, _ := t.claims["sub"].(string); return s }
func (t tokens) authTime() float64 { n, _ := t.claims["auth_time"].(float64); return n }

// codeFields is the body of a redemption.
func codeFields(q url.Values, code string) url.Values {
	return url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {q.Get("redirect_uri")}}
}

// redeem exchanges a code, and checks the answer and the ID token in it.
func (r *rp) redeem(c client, q url.Values, code string, more ...string) tokens {
	r.t.Helper()
	fields := codeFields(q, code)
	for i := 0; i < len(more); i += 2 {
		fields.Set(more[i], more[i+1])
	}
	answer := r.do(r.authenticated(c, r.endpoint("token_endpoint"), fields))
	got := r.checkTokens(c, answer)
	r.checkIDToken(&got, q.Get("nonce"))
	return got
}

// shape is RFC 6749 §A.12 and §A.17: printable ASCII.
var shape = regexp.MustCompile(`^[\x20-\x7e]+$`)

// checkTokens is RFC 6749 §5.1.
func (r *rp) checkTokens(c client, answer reply) tokens {
	t := r.t
	t.Helper()
	if answer.status != http.StatusOK {
		t.Fatalf("token endpoint: %s", answer)
	}
	uncached(t, answer)
	if kind := r.text(answer, "token_type"); kind != map[bool]string{true: "Bearer", false: "DPoP"}[c.alg == ""] {
		t.Errorf("token_type is %q", kind)
	}
	if n, ok := answer.json["expires_in"].(float64); !ok || n <= 0 || n > 365*24*3600 || n != float64(int(n)) {
		t.Errorf("expires_in is %v", answer.json["expires_in"])
	}
	got := tokens{client: c, access: r.text(answer, "access_token"), id: r.text(answer, "id_token")}
	if _, given := answer.json["refresh_token"]; given {
		got.refresh = r.text(answer, "refresh_token")
		hardToGuess(t, "refresh token", got.refresh)
	}
	hardToGuess(t, "access token", got.access)
	return got
}

// hardToGuess is what the suite asks of codes and tokens (RFC 6749 §10.10): 128
// bits of length, 96 of entropy, and characters that are allowed.
func hardToGuess(t *testing.T, what, text string) {
	t.Helper()
	if bits := entropy(text); len(text)*8 < 128 || bits < 96 || !shape.MatchString(text) {
		t.Errorf("%s %q: %d characters, %.0f bits of entropy", what, text, len(text), bits)
	}
}

// uncached is RFC 6749 §5.1: JSON that nobody keeps.
func uncached(t *testing.T, r reply) {
	t.Helper()
	if kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type")); err != nil || kind != "application/json" {
		t.Errorf("Content-Type is %q", r.header.Get("Content-Type"))
	}
	if r.header.Get("Cache-Control") != "no-store" || r.header.Get("Pragma") != "no-cache" {
		t.Errorf("Cache-Control is %q, Pragma is %q", r.header.Get("Cache-Control"), r.header.Get("Pragma"))
	}
}

// denied checks a refusal of the token endpoint (RFC 6749 §5.2).
func (r *rp) denied(answer reply, code string) {
	t := r.t
	t.Helper()
	if answer.status != http.StatusBadRequest || r.text(answer, "error") != code {
		t.Errorf("%s, want 400 %s", answer, code)
	}
	uncached(t, answer)
	if d, given := answer.json["error_description"]; given {
		if s, ok := d.(string); !ok || !described.MatchString(s) {
			t.Errorf("error_description is %v", d)
		}
	}
	if _, given := answer.json["access_token"]; given {
		t.Error("a refusal with an access token")
	}
}
