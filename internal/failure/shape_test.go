package failure

import (
	"testing"

	"idp/internal/idp"
)

// What has not the shape that belongs there may be anything, and is not kept.
func TestOnlyWhatBelongsThereIsKept(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		kind       idp.FailureKind
		text, want string
	}{
		{idp.FailRedirect, "https://app.example.com/callback", "https://app.example.com/callback"},
		{idp.FailRedirect, "correct horse", "13 characters that are no address"},
		{idp.FailOrigin, "null", "null"},
		{idp.FailUnknownClient, "web-1", "web-1"},
		{idp.FailUnknownClient, "p@ssw0rd!", "9 characters that are no client_id"},
		{idp.FailScope, "openid p@ss profile", "openid … profile"},
		{idp.FailPKCEMethod, "plain", "plain"},
	} {
		if got := shaped(tt.kind, tt.text); got != tt.want {
			t.Errorf("%v %q is kept as %q, want %q", tt.kind, tt.text, got, tt.want)
		}
	}
}
