package audit_test

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/testdb"
)

// What happens more rarely is told too.
func TestRareFlowsAreTold(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, database string) {
		p := apptest.New(t, database, apptest.Configure(func(c *config.Config) { c.Login.Notices, c.Login.ChallengeAttempts = false, 2 }))
		o := &observed{p, t, map[string]bool{}}
		b, ctx, store := p.Browser(), context.Background(), p.App.Store
		b.SignIn(apptest.NewRequest(apptest.Once), ada)
		o.fresh()
		for _, step := range []struct {
			what string
			do   func() error
			want string
		}{
			{"too many wrong codes", func() error {
				asking := p.Browser()
				wait, mail := asking.Ask(asking.Authorize(apptest.NewRequest(apptest.Web)), ada)
				for range 2 {
					asking.Post(wait.URL.Path, url.Values{"code": {wrongFor(mail.Code)}})
				}
				return nil
			}, "code.wrong_limit ok, login.asked ok, login.refused code_locked, login.refused code_wrong"},
			{"an application's access", func() error {
				return store.Disconnect(ctx, o.user(ada), apptest.Once.ID, p.Clock.Now())
			}, "consent.withdrawn ok"},
			{"a device", func() error {
				device := p.Post("/oauth/device_authorization", apptest.TV, url.Values{"scope": {"openid"}})
				page := b.Submit(b.Open("/device").Form("/device").Set("user_code", device.Text("user_code")))
				b.Submit(page.Form("/device/connect"), "connect")
				return nil
			}, "device.allowed ok"},
			{"a letter that came back", func() error {
				letter := magiclink.Letter{ID: "let_x", Recipient: ada, ClientID: "web", AskedAt: p.Clock.Now(), ExpiresAt: p.Clock.Now().Add(time.Hour), Template: "x"}
				if err := store.StoreNotice(ctx, letter); err != nil {
					return err
				}
				return store.RecordBounce(ctx, magiclink.Bounce{LetterID: letter.ID, Email: ada, Reason: magiclink.NoMailbox, At: p.Clock.Now(), WrittenAt: p.Clock.Now(), Mark: true})
			}, "mail.failed_for_good no_mailbox"},
			{"its mark", func() error { return store.Unbounce(ctx, ada, p.Clock.Now()) }, "mail.mark_removed ok"},
			{"a key", func() error {
				_, err := p.App.Keys.Replace(ctx, idp.ES256, false)
				return err
			}, "key.rotated made"},
			{"an application that goes", func() error {
				return store.ApplyClients(ctx, idp.ClientPlan{Disable: []string{"other"}}, p.Clock.Now())
			}, "client.disabled not_declared"},
		} {
			p.Clock.Advance(time.Second)
			if err := step.do(); err != nil {
				t.Fatalf("%s: %v", step.what, err)
			}
			if got := strings.Join(slices.Compact(o.told()), ", "); got != step.want {
				t.Errorf("%s told %q, want %q", step.what, got, step.want)
			}
		}
		events, err := store.Events(ctx, audit.Query{Name: "mail", Subject: o.user(ada)})
		if err != nil || len(events) != 2 || events[0].Actor != audit.System {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func (o *observed) user(email string) string {
	o.t.Helper()
	a, err := o.App.Store.Account(context.Background(), email)
	if err != nil {
		o.t.Fatal(err)
	}
	return a.ID
}
