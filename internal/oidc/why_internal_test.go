package oidc

import "testing"

// A fault may be given its client before its reason, or without one.
func TestFaultOfAClientWithoutAReason(t *testing.T) {
	t.Parallel()
	e := invalid("no").of("web")
	if e.mismatch.ClientID != "web" {
		t.Errorf("%+v", e.mismatch)
	}
	if e.why("kind", "seen"); e.mismatch.ClientID != "web" || e.mismatch.Seen != "seen" {
		t.Errorf("%+v", e.mismatch)
	}
}
