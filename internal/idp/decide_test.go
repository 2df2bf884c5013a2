package idp_test

import (
	"testing"
	"time"

	"idp/internal/idp"
)

var noon = time.UnixMilli(1_800_000_000_000).UTC()

func seconds(n int64) *int64 { return &n }

// in is somebody who signed in age ago.
func in(age time.Duration, consent idp.Consent) *idp.SignedIn {
	return &idp.SignedIn{
		Session: idp.Session{ID: "ses_1", UserID: "usr_1", AuthTime: noon.Add(-age)},
		User:    idp.User{ID: "usr_1", Email: "ada@example.com"}, Consent: consent,
	}
}

func TestDecide(t *testing.T) {
	skip, once, always := &idp.Client{Consent: idp.ConsentSkip}, &idp.Client{Consent: idp.ConsentOnce}, &idp.Client{Consent: idp.ConsentAlways}
	strict, begun := &idp.Client{MaxSessionAge: 10 * time.Minute}, noon.Add(-20*time.Minute).UnixMilli()
	openid := []string{"openid"}
	before, after := idp.Consent{Scopes: openid, GrantedAt: noon.Add(-time.Hour)}, idp.Consent{Scopes: openid, GrantedAt: noon}
	none := idp.Consent{}
	for _, c := range []struct {
		name   string
		flow   idp.Flow
		client *idp.Client
		who    *idp.SignedIn
		want   idp.Outcome
		code   string
	}{
		{"nobody", idp.Flow{}, skip, nil, idp.NeedLogin, ""},
		{"nobody, silent", idp.Flow{Prompts: []string{"none"}}, skip, nil, idp.Refuse, "login_required"},
		{"signed in", idp.Flow{}, skip, in(time.Hour, none), idp.Issue, ""},
		{"signed in, silent", idp.Flow{Prompts: []string{"none"}}, skip, in(time.Hour, none), idp.Issue, ""},
		{"prompt=login, before", idp.Flow{Prompts: []string{"login"}}, skip, in(time.Second, none), idp.NeedLogin, ""},
		{"prompt=login, after", idp.Flow{Prompts: []string{"login"}}, skip, in(0, none), idp.Issue, ""},
		{"max_age kept", idp.Flow{MaxAge: seconds(7200)}, skip, in(time.Hour, none), idp.Issue, ""},
		{"max_age over", idp.Flow{MaxAge: seconds(60)}, skip, in(time.Hour, none), idp.NeedLogin, ""},
		{"max_age over, silent", idp.Flow{MaxAge: seconds(60), Prompts: []string{"none"}}, skip, in(time.Hour, none), idp.Refuse, "login_required"},
		{"max_age=0, before", idp.Flow{MaxAge: seconds(0)}, skip, in(time.Second, none), idp.NeedLogin, ""},
		{"max_age=0, after", idp.Flow{MaxAge: seconds(0)}, skip, in(0, none), idp.Issue, ""},
		{"max_age=0, after a page", idp.Flow{MaxAge: seconds(0), Start: begun}, skip, in(time.Minute, none), idp.Issue, ""},
		{"max_age=0, after a page that waited", idp.Flow{MaxAge: seconds(0), Start: begun}, skip, in(61*time.Second, none), idp.NeedLogin, ""},
		{"max_age=0, after a page that waited, silent", idp.Flow{MaxAge: seconds(0), Start: begun, Prompts: []string{"none"}}, skip, in(61*time.Second, none), idp.Refuse, "login_required"},
		{"max_age kept, after a page that waited", idp.Flow{MaxAge: seconds(600), Start: begun}, skip, in(10*time.Minute, none), idp.Issue, ""},
		{"max_age over, after a page that waited", idp.Flow{MaxAge: seconds(600), Start: begun}, skip, in(11*time.Minute, none), idp.NeedLogin, ""},
		{"max_session_age over, after a page that waited", idp.Flow{Start: begun}, strict, in(11*time.Minute, none), idp.NeedLogin, ""},
		{"prompt=login, after a page that waited", idp.Flow{Prompts: []string{"login"}, Start: begun}, skip, in(11*time.Minute, none), idp.Issue, ""},
		{"hint of this user", idp.Flow{HintSubject: "usr_1"}, skip, in(time.Hour, none), idp.Issue, ""},
		{"hint of another", idp.Flow{HintSubject: "usr_2"}, skip, in(time.Hour, none), idp.NeedLogin, ""},
		{"hint of another, silent", idp.Flow{HintSubject: "usr_2", Prompts: []string{"none"}}, skip, in(time.Hour, none), idp.Refuse, "login_required"},
		{"hint of another, after a login", idp.Flow{HintSubject: "usr_2"}, skip, in(0, none), idp.Refuse, "login_required"},
		{"select_account", idp.Flow{Prompts: []string{"select_account"}}, skip, in(time.Hour, none), idp.NeedAccount, ""},
		{"select_account, chosen", idp.Flow{Prompts: []string{"select_account"}, Account: "ses_1"}, skip, in(time.Hour, none), idp.Issue, ""},
		{"select_account, another chosen", idp.Flow{Prompts: []string{"select_account"}, Account: "ses_2"}, skip, in(time.Hour, none), idp.NeedAccount, ""},
		{"select_account, new login", idp.Flow{Prompts: []string{"select_account"}}, skip, in(0, none), idp.Issue, ""},
		{"consent once, none", idp.Flow{Scopes: openid}, once, in(time.Hour, none), idp.NeedConsent, ""},
		{"consent once, none, silent", idp.Flow{Scopes: openid, Prompts: []string{"none"}}, once, in(time.Hour, none), idp.Refuse, "consent_required"},
		{"consent once, given", idp.Flow{Scopes: openid}, once, in(time.Hour, before), idp.Issue, ""},
		{"consent once, more asked", idp.Flow{Scopes: []string{"openid", "email"}}, once, in(time.Hour, before), idp.NeedConsent, ""},
		{"consent always, given before", idp.Flow{Scopes: openid}, always, in(time.Hour, before), idp.NeedConsent, ""},
		{"consent always, given now", idp.Flow{Scopes: openid}, always, in(time.Hour, after), idp.Issue, ""},
		{"prompt=consent on a first party", idp.Flow{Scopes: openid, Prompts: []string{"consent"}}, skip, in(time.Hour, before), idp.NeedConsent, ""},
		{"prompt=consent, given now", idp.Flow{Scopes: openid, Prompts: []string{"consent"}}, skip, in(time.Hour, after), idp.Issue, ""},
		{"login before consent", idp.Flow{Scopes: openid, Prompts: []string{"login", "consent"}}, once, in(time.Hour, none), idp.NeedLogin, ""},
	} {
		if c.flow.Start == 0 {
			c.flow.Start = noon.UnixMilli()
		}
		got := idp.Decide(&c.flow, c.client, c.who, noon)
		if got.Outcome != c.want || got.Error != c.code {
			t.Errorf("%s: %+v, want outcome %v %s", c.name, got, c.want, c.code)
		}
	}
}
