package login_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/idp"
	"idp/internal/magiclink"
)

// Where sign-up is by invitation, a stranger gets no mail; the invitation's link
// makes the account, once, and only when somebody presses its button.
func TestInvitation(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		ctx := context.Background()
		invite := func(email string) string {
			i, err := magiclink.Invite(ctx, p.App.Store, email, apptest.Web.ID, 7*24*time.Hour, p.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return p.URL + "/l/" + i.Link.Reveal()
		}
		link := invite("Ada@Example.com")
		p.Clock.Advance(6 * 24 * time.Hour)
		b := p.Browser()
		shows(t, "opened", b.Open(link), http.StatusOK, "You are invited", ada)
		shows(t, "opened again", p.Browser().Open(link), http.StatusOK, "You are invited")
		shows(t, "pressed", b.PressLink(link), http.StatusOK, ada)
		shows(t, "signed in", b.Open("/account"), http.StatusOK, ada)
		shows(t, "a second time", p.Browser().Open(link), http.StatusGone, "used already")
		finished(t, "she signs in by mail from now on", signIn(p.Browser()))

		if _, err := magiclink.Invite(ctx, p.App.Store, ada, "", time.Hour, p.Clock.Now()); !errors.Is(err, idp.ErrUsed) {
			t.Errorf("an invitation for somebody who has an account: %v", err)
		}
		// Two invitations: the second is no sign-in link for the account that the
		// first one made.
		one, two := invite(bob), invite(bob)
		b = p.Browser()
		shows(t, "bob's first", b.PressLink(one), http.StatusOK, bob)
		late := p.Browser()
		shows(t, "bob's second", late.PressLink(two), http.StatusGone, "used already")
		if late.Open("/account").HasForm("/logout") {
			t.Error("signed in by an invitation that was too late")
		}
		old := invite("eve@example.com")
		p.Clock.Advance(8 * 24 * time.Hour)
		shows(t, "after its time", late.Open(old), http.StatusGone, "expired")

		before := p.Inbox.Last()
		form := late.Authorize(apptest.NewRequest(apptest.Web))
		shows(t, "a stranger", late.Submit(form.Form("/login").Set("email", "eve@example.com")), http.StatusOK, "Check your mail")
		if next, err := p.App.Store.NextLetterAt(ctx, p.Clock.Now()); err != nil || !next.IsZero() || p.Inbox.Last() != before {
			t.Errorf("a stranger gets a mail: %v, %v", next, err)
		}
	}, apptest.Configure(func(c *config.Config) { c.Signup.Mode = "invite" }))
}

func signIn(b *apptest.Browser) *apptest.Page {
	wait, mail := ask(b, ada)
	return b.EnterCode(wait, mail.Code)
}
