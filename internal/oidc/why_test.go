package oidc_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/idp"
)

// Userinfo says why it refuses, to the administrator too; and that a page is of a
// foreign origin hides no other reason.
func TestWhyUserinfoRefuses(t *testing.T) {
	p := one(t)
	b, d := p.Browser(), newProver(t, p, "ES256")
	bound := d.tokens(apptest.NewRequest(apptest.Web)).Access()
	short := b.Tokens(apptest.NewRequest(apptest.Agent).With("scope", "notes.read"), ada).Access()
	elsewhere := b.Tokens(apptest.NewRequest(apptest.Agent).With("scope", "openid notes.read", "resource", apptest.API), ada).Access()
	newest := func() (f idp.Failure) {
		t.Helper()
		err := p.App.SettleFailures(t.Context())
		all, errRead := p.App.Store.Failures(t.Context(), "", "", 1)
		if err != nil || errRead != nil {
			t.Fatal(err, errRead)
		}
		if len(all) > 0 {
			f = all[0]
		}
		return f
	}
	for what, c := range map[string]struct {
		ask  func()
		kind idp.FailureKind
		seen string
	}{
		"no openid":        {func() { p.Get("/userinfo", short) }, idp.FailOther, "lacks the scope openid"},
		"another resource": {func() { p.Get("/userinfo", elsewhere) }, idp.FailOther, "for another resource"},
		"garbage":          {func() { p.Get("/userinfo", "garbage") }, idp.FailOther, "not valid"},
		"as a bearer's":    {func() { d.userinfo("Bearer", bound, "") }, idp.FailOther, "bound to a key"},
		"bad proof":        {func() { d.userinfo("DPoP", bound, "x") }, idp.FailProof, ""},
		"foreign page": {func() {
			callOf(p, "https://evil.example", "/oauth/token", apptest.Spa, url.Values{"grant_type": {"authorization_code"}, "code": {"x"}})
		}, idp.FailCode, ""},
	} {
		p.Clock.Advance(time.Second)
		before := newest()
		c.ask()
		if f := newest(); f.ID == before.ID || f.Kind != c.kind || !strings.Contains(f.Seen, c.seen) {
			t.Errorf("%s: %+v, want %s with %q", what, f, c.kind, c.seen)
		}
	}
	p.Clock.Advance(time.Hour)
	before := newest()
	p.Get("/userinfo", short) // that tokens end is no mistake of anybody's
	if f := newest(); f.ID != before.ID {
		t.Errorf("an expired token is told of: %+v", f)
	}
}
