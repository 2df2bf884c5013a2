package idp_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

// Whoever holds another browser's flow must not be able to go on with it.
func TestFlowBelongsToOneBrowser(t *testing.T) {
	k := newKeyring(t)
	f := idp.Flow{ClientID: "app", Browser: "hash", Start: noon.UnixMilli()}
	sealed := f.Seal(k)
	if _, err := idp.OpenFlow(k, sealed, "hash", noon.Add(idp.FlowTTL)); err != nil {
		t.Errorf("its own browser: %v", err)
	}
	for name, browser := range map[string]secret.Hash{"another": "other", "no": ""} {
		if _, err := idp.OpenFlow(k, sealed, browser, noon); !errors.Is(err, idp.ErrForeignBrowser) {
			t.Errorf("%s browser %q: %v", name, browser, err)
		}
	}
	unbound := idp.Flow{ClientID: "app", Start: noon.UnixMilli()}
	if _, err := idp.OpenFlow(k, unbound.Seal(k), "", noon); !errors.Is(err, idp.ErrForeignBrowser) {
		t.Errorf("an unbound flow without a cookie: %v", err)
	}
	if _, err := idp.OpenFlow(k, sealed, "hash", noon.Add(idp.FlowTTL+time.Second)); !errors.Is(err, idp.ErrExpired) {
		t.Errorf("after its time: %v", err)
	}
	code := idp.Code{GrantID: "grt_1", IssuedAt: noon.UnixMilli()}
	if _, err := idp.OpenFlow(k, code.Seal(k), "hash", noon); !errors.Is(err, idp.ErrNotFound) {
		t.Errorf("a code as a flow: %v", err)
	}
}

func TestCodeIsShortAndShortLived(t *testing.T) {
	k := newKeyring(t)
	c := idp.Code{
		GrantID: "grt_" + strings.Repeat("a", 26), ClientID: "some-application", RedirectURI: "https://some-application.example.com/oauth/callback",
		CodeChallenge: strings.Repeat("c", 43), Nonce: strings.Repeat("n", 32), UserID: "usr_" + strings.Repeat("u", 26), SessionID: "ses_" + strings.Repeat("s", 26),
		Scopes: []string{"openid", "email", "profile", "offline_access"}, IssuedAt: noon.UnixMilli(),
	}
	text := c.Seal(k)
	if len(text) > 600 {
		t.Errorf("a code of an ordinary request has %d characters, more than 600", len(text))
	}
	if _, err := idp.OpenCode(k, text, noon.Add(59*time.Second)); err != nil {
		t.Errorf("after 59 s: %v", err)
	}
	if _, err := idp.OpenCode(k, text, noon.Add(61*time.Second)); !errors.Is(err, idp.ErrExpired) {
		t.Errorf("after 61 s: %v", err)
	}
}
