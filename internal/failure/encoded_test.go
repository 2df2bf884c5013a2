package failure_test

import (
	"strings"
	"testing"

	"idp/internal/failure"
)

// A secret stays one when its marks are written as a query writes them.
func TestEncodedSecretsAreCut(t *testing.T) {
	t.Parallel()
	for text, secret := range map[string]string{
		"https://app.example.com/cb?pw=Ab3dE9fGh1Jk2Lm%2BQr5StU6vWx7Yz%2F8aBc0dEf1Gh2Ij%3D": "St",
		"https://app.example.com/cb/Ab3dE9fGh1Jk2Lm%2bQr5StU6vWx7Yz%2f8aBc0dEf1Gh2Ij%3d":    "St",
		"Ab3dE9fGh1Jk2Lm%2BQr5StU6vWx7Yz":                                                   "Qr",
	} {
		if got := failure.Clean(text); strings.Contains(got, secret) || strings.Contains(got, "7Yz") {
			t.Errorf("%s: %s", text, got)
		}
	}
	for _, plain := range []string{"https://app.example.com/cb?to=%2Fsome%2Fpath%2Fto%2Fthe%2Fcallback", "https%3A%2F%2Fapp.example.com%2Fcallback"} {
		if got := failure.Clean(plain); got != plain {
			t.Errorf("%s: %s", plain, got)
		}
	}
}
