package idp_test

import (
	"strings"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/secret"
)

func newKeyring(t *testing.T) *secret.Keyring {
	t.Helper()
	k, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestRefreshAnswers(t *testing.T) {
	k := newKeyring(t)
	base := idp.Grant{
		ID: "grt_1", RefreshSalt: "salt", Generation: 3, CreatedAt: noon.Add(-time.Hour), RotatedAt: noon.Add(-10 * time.Second),
		LastUsedAt: noon.Add(-10 * time.Second), ExpiresAt: noon.Add(time.Hour), AbsoluteAt: noon.Add(2 * time.Hour),
	}
	with := func(change func(*idp.Grant)) idp.Grant { g := base; change(&g); return g }
	foreign := with(func(g *idp.Grant) { g.RefreshSalt = "other" })
	for _, c := range []struct {
		name   string
		grant  idp.Grant
		token  secret.Token
		rotate bool
		want   idp.RefreshAnswer
	}{
		{"live, rotated", base, base.RefreshToken(k, 3), true, idp.RefreshRotate},
		{"live, kept", base, base.RefreshToken(k, 3), false, idp.RefreshKeep},
		{"previous within the grace", base, base.RefreshToken(k, 2), true, idp.RefreshRepeat},
		{"previous after the grace", with(func(g *idp.Grant) { g.RotatedAt = noon.Add(-31 * time.Second); g.LastUsedAt = g.RotatedAt }), base.RefreshToken(k, 2), true, idp.RefreshReused},
		{"previous, successor used", with(func(g *idp.Grant) { g.LastUsedAt = noon }), base.RefreshToken(k, 2), true, idp.RefreshReused},
		{"older", base, base.RefreshToken(k, 1), true, idp.RefreshReused},
		{"future", base, base.RefreshToken(k, 4), true, idp.RefreshInvalid},
		{"forged", base, foreign.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"forged old one revokes nothing", base, foreign.RefreshToken(k, 1), true, idp.RefreshInvalid},
		{"another grant's", with(func(g *idp.Grant) { g.ID = "grt_2" }), base.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"revoked", with(func(g *idp.Grant) { g.RevokedAt = noon }), base.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"idle too long", with(func(g *idp.Grant) { g.ExpiresAt = noon }), base.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"absolute end", with(func(g *idp.Grant) { g.AbsoluteAt = noon }), base.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"no refresh token", with(func(g *idp.Grant) { g.RefreshSalt = "" }), base.RefreshToken(k, 3), true, idp.RefreshInvalid},
		{"empty", base, secret.Token{}, true, idp.RefreshInvalid},
		{"leading zero", base, secret.TokenOf(strings.Replace(base.RefreshToken(k, 3).Reveal(), ".3.", ".03.", 1)), true, idp.RefreshInvalid},
	} {
		if got := c.grant.Refresh(k, c.token, c.rotate, noon); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if once, again := base.RefreshToken(k, 3), base.RefreshToken(k, 3); once.Reveal() != again.Reveal() {
		t.Error("a refresh token cannot be repeated")
	}
}

func TestShouldRotate(t *testing.T) {
	g := idp.Grant{CreatedAt: noon.Add(-20 * 24 * time.Hour)}
	web := &idp.Client{RefreshIdleTTL: 30 * 24 * time.Hour}
	if g.ShouldRotate(web, noon) {
		t.Error("a confidential client's token rotated after 20 of 30 days")
	}
	if !g.ShouldRotate(web, noon.Add(2*24*time.Hour)) {
		t.Error("a confidential client's token did not rotate past 70 %")
	}
	if !g.ShouldRotate(&idp.Client{AuthMethod: idp.AuthNone, RefreshIdleTTL: 30 * 24 * time.Hour}, noon) {
		t.Error("a public client's token did not rotate")
	}
}
