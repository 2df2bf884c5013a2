package oidc

import (
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Grants of devices are told by their ids, and those from before ids said so by a
// client that people meet nowhere else.
func TestPersonAsked(t *testing.T) {
	t.Parallel()
	now := time.Now()
	device, code := secret.NewID(idp.DeviceGrantPrefix, now), secret.NewID(idp.GrantPrefix, now)
	for _, c := range []struct {
		id      string
		consent idp.ConsentMode
		types   []string
		want    bool
	}{
		{code, idp.ConsentSkip, []string{idp.GrantCode}, false},
		{code, idp.ConsentOnce, []string{idp.GrantCode}, true},
		{code, idp.ConsentAlways, []string{idp.GrantCode}, true},
		{device, idp.ConsentSkip, []string{idp.GrantDevice, idp.GrantCode}, true},
		{code, idp.ConsentSkip, []string{idp.GrantDevice, idp.GrantCode}, false},
		{code, idp.ConsentSkip, []string{idp.GrantDevice}, true},
		{code, idp.ConsentSkip, nil, false}, // on the application's own screens
	} {
		if got := personAsked(&idp.Grant{ID: c.id}, &idp.Client{Consent: c.consent, GrantTypes: c.types}); got != c.want {
			t.Errorf("%s, consent %s, %v: %v", c.id, c.consent, c.types, got)
		}
	}
}
