package failure_test

import (
	"crypto/rand"
	"encoding/base64"
	"strings"
	"testing"

	"idp/internal/failure"
	"idp/internal/secret"
)

func TestWhatPeopleMadeStaysReadable(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"https://grafana.example.com/login/generic_oauth", "http://localhost:18000", "openid email profile offline_access",
		"https://console.minio-storage.example.com:9001/oauth_callback", "com.example.native:/callback", "client_secret_basic",
		"https://www.example.com/realms/people/broker/oidc/endpoint", "urn:ietf:params:oauth:grant-type:device_code",
		"https://app.example.com/index.php/apps/user_oidc/code", "a***@example.com", "https://app.example.com/cb?tenant=7",
		"it is not a JWT signed with PS256 or ES256", "https://ünï.example/caf\u00e9",
	} {
		if got := failure.Clean(text); got != text {
			t.Errorf("%q became %q", text, got)
		}
	}
}

func TestSecretsAndAddressesDoNotStay(t *testing.T) {
	t.Parallel()
	token := secret.NewToken().Reveal()
	raw := make([]byte, 40)
	rand.Read(raw)
	basic := base64.StdEncoding.EncodeToString(raw)
	for _, leak := range []string{
		token, basic, "K2mszjJxni3HjLAyhbBSm/9MeYTVca2rXJkz81s/9yAhSGfAEgz7FQ==", "K2mszjJxni3Hj/AyhbBSm9MeYTVca2/XJkz81s9yAhSG/AEgz7FQ==", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ1c3JfMDFLQVpIVlE3WiJ9.c2lnbmF0dXJlLXNpZ25hdHVyZQ", "0123456789abcdef0123456789abcdef",
		"550e8400-e29b-41d4-a716-446655440000", "correcthorsebatterystaplecorrecthorse", "usr_01KAZHVQ7ZX3M9D2F5T8W4R6YB",
	} {
		for _, around := range []string{"%s", "https://app.example.com/callback/%s", "https://app.example.com/cb?x=%s", "openid %s", "%s@x"} {
			text := strings.ReplaceAll(around, "%s", leak)
			got := failure.Clean(text)
			for i := 0; i+12 <= len(leak); i++ {
				if strings.Contains(got, leak[i:i+12]) {
					t.Errorf("%q became %q", text, got)
					break
				}
			}
		}
	}
	for text, want := range map[string]string{
		"ada.lovelace@example.com":                               "a***@example.com",
		"https://app.example.com/?user=ada.lovelace@example.com": "https://app.example.com/?user=a***@example.com",
		"login%40example.com":                                    "l***@example.com",
		"https://app.example.com/cb?code=short&state=s":          "https://app.example.com/cb?code=…&state=…",
		"https://app.example.com/cb?Token=hunter2":               "https://app.example.com/cb?Token=…",
		"a\x1b[31mred\u202egnp.exe\n":                            "a·[31mred·gnp.exe·",
	} {
		if got := failure.Clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestLongTextsAreCut(t *testing.T) {
	t.Parallel()
	got := failure.Clean("https://app.example.com/" + strings.Repeat("ä/", 4000))
	if len(got) > 310 || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
}

func TestWhatIsConfiguredIsShown(t *testing.T) {
	t.Parallel()
	const uri = "https://app.example.com/login/550e8400-e29b-41d4-a716-446655440000/callback"
	if got := failure.Clean(uri, "other", uri); got != uri {
		t.Errorf("%q", got)
	}
}
