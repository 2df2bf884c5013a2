package oidc_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// Claims can be asked for by name, each for its place (OpenID Connect Core §5.5),
// and stay with the grant.
func TestClaimsByName(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for _, pushing := range []bool{false, true} {
			r := apptest.NewRequest(apptest.Minimal).With("scope", "openid offline_access",
				"claims", `{"userinfo":{"name":{"essential":true},"unknown":null},"id_token":{"email":null,"email_verified":{"essential":true},"auth_time":{"essential":true}},"other":1}`)
			sent := r
			if pushing {
				sent = mustPush(t, p, r)
			}
			tokens := p.Redeem(r, p.Browser().SignIn(sent, ada).Code())
			granted(t, "tokens", tokens)
			again := p.Refresh(apptest.Minimal, tokens.Refresh(), "")
			granted(t, "refresh", again)
			for _, tk := range []apptest.Reply{tokens, again} {
				id := apptest.Claims(t, tk.ID())
				if id["email"] != ada || id["email_verified"] != true || id["name"] != nil || id["auth_time"] == nil {
					t.Errorf("the ID token says %v", id)
				}
				if info := p.Get("/userinfo", tk.Access()); info.Text("name") != "ada" || info.JSON["email"] != nil || info.JSON["unknown"] != nil {
					t.Errorf("userinfo says %s", info)
				}
			}
		}
	})
}

// What the client may not have by scope it does not get by name.
func TestClaimsOutsideOfTheClientsScopes(t *testing.T) {
	p := one(t)
	r := apptest.NewRequest(apptest.Brief).With("scope", "openid", "claims", `{"userinfo":{"name":null,"email":null},"id_token":{"name":null}}`)
	tokens := p.Browser().Tokens(r, ada)
	info := p.Get("/userinfo", tokens.Access())
	if info.Text("email") != ada || info.JSON["name"] != nil || apptest.Claims(t, tokens.ID())["name"] != nil {
		t.Errorf("userinfo says %s, the ID token %v", info, apptest.Claims(t, tokens.ID()))
	}
}

// A person who is asked is asked about claims too, and once.
func TestConsentToClaims(t *testing.T) {
	p := one(t)
	b := p.Browser()
	plain := apptest.NewRequest(apptest.Once).With("scope", "openid")
	b.SignIn(plain, ada)
	named := plain.With("claims", `{"userinfo":{"email":null}}`)
	page := b.Authorize(named)
	if !page.HasForm("/login/consent") || !strings.Contains(page.Body, "e-mail address") {
		t.Fatalf("no question about the address: %s", page)
	}
	if a := b.Submit(page.Form("/login/consent"), "allow").MustAnswer(); a.Code() == "" {
		t.Fatalf("allowed: %s", a)
	}
	if a := b.Authorize(named).MustAnswer(); a.Code() == "" {
		t.Errorf("allowed before: %s", a)
	}
}

func TestClaimsThatDecide(t *testing.T) {
	p := one(t)
	b := p.Browser()
	r := apptest.NewRequest(apptest.Web)
	tokens := b.Tokens(r, ada)
	ask := func(claims string) apptest.Answer {
		return b.Authorize(r.With("prompt", "none", "claims", claims)).MustAnswer()
	}
	sub := tokens.ID()
	me, _ := apptest.Claims(t, sub)["sub"].(string)
	for claims, fault := range map[string]string{
		`{"id_token":{"sub":{"value":"` + me + `"}}}`:                            "",
		`{"id_token":{"sub":{"value":"usr_other"}}}`:                             "login_required",
		`{"userinfo":{"sub":{"value":"usr_other"}}}`:                             "login_required",
		`{"id_token":{"sub":{"value":7}}}`:                                       "invalid_request",
		`{"id_token":{"acr":{"essential":true,"values":["urn:idp:acr:email"]}}}`: "",
		`{"id_token":{"acr":{"essential":true,"value":"urn:mace:gold"}}}`:        "unmet_authentication_requirements",
		`{"id_token":{"acr":{"values":["urn:mace:gold"]}}}`:                      "",
		`{"id_token":{"acr":null}}`:                                              "",
		`{}`:                                                                     "",
		`{"id_token":null}`:                                                      "",
		`{"id_token":[]}`:                                                        "invalid_request",
		`[]`:                                                                     "invalid_request",
		`{`:                                                                      "invalid_request",
		`{"id_token":{"email":"please"}}`:                                        "invalid_request",
		`{"x":"` + strings.Repeat("x", 2100) + `"}`:                              "invalid_request",
	} {
		if a := ask(claims); a.Fault() != fault {
			t.Errorf("%.80s: %s, want %q", claims, a, fault)
		}
	}
	hint := r.With("prompt", "none", "id_token_hint", tokens.ID(), "claims", `{"id_token":{"sub":{"value":"usr_other"}}}`)
	if a := b.Authorize(hint).MustAnswer(); a.Fault() != "invalid_request" {
		t.Errorf("hint and claims disagree: %s", a)
	}
	if doc := p.Get(pathOpenID, ""); doc.JSON["claims_parameter_supported"] != true || doc.Status != http.StatusOK {
		t.Error("discovery does not say so")
	}
}

// A request that wants two people at once is refused, whichever is read first.
func TestClaimsThatNameTwoPeople(t *testing.T) {
	p := one(t)
	b := p.Browser()
	me, _ := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())["sub"].(string)
	for claims, fault := range map[string]string{
		`{"userinfo":{"sub":{"value":"` + me + `"}},"id_token":{"sub":{"value":"usr_other"}}}`:                                        "invalid_request",
		`{"userinfo":{"sub":{"value":"usr_other"}},"id_token":{"sub":{"value":"` + me + `"}}}`:                                        "invalid_request",
		`{"userinfo":{"sub":{"value":"` + me + `"}},"id_token":{"sub":{"value":"` + me + `"}}}`:                                       "",
		`{"id_token":{"sub":{"value":7},"acr":{"essential":true,"value":"gold"}},"userinfo":{"acr":{"essential":true,"value":"no"}}}`: "unmet_authentication_requirements",
	} {
		for range 10 {
			if a := b.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "none", "claims", claims)).MustAnswer(); a.Fault() != fault {
				t.Fatalf("%s: %v, want %q", claims, a, fault)
			}
		}
	}
}
