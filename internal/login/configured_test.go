package login_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
)

// How long links, codes and sessions live is the administrator's to say, and the
// letter says what is in force.
func TestLivesAsConfigured(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		b, late := p.Browser(), p.Browser()
		wait, mail := ask(b, ada)
		lateWait, lateMail := ask(late, bob)
		if !strings.Contains(mail.Text, "for 2 minutes") {
			t.Errorf("the letter says\n%s", mail.Text)
		}
		p.Clock.Advance(110 * time.Second)
		finished(t, "after 1:50", b.EnterCode(wait, mail.Code))
		p.Clock.Advance(20 * time.Second)
		shows(t, "the code after 2:10", late.EnterCode(lateWait, lateMail.Code), http.StatusUnprocessableEntity, "The link and the code have expired")
		shows(t, "the link after 2:10", late.Open(lateMail.Link), http.StatusGone, "has expired")

		idle := p.Browser()
		idle.SignInHere(bob)
		for range 3 { // used every 50 minutes, it lives
			p.Clock.Advance(50 * time.Minute)
			if !isSignedIn(b) {
				t.Fatal("a session that is used ended before its time")
			}
		}
		if isSignedIn(idle) {
			t.Error("a session of an hour lives after two and a half without use")
		}
		p.Clock.Advance(31 * time.Minute)
		if isSignedIn(b) {
			t.Error("a session lives after three hours, which are all it has")
		}
	}, apptest.Configure(func(c *config.Config) {
		c.Login.SecretTTL = config.Duration(2 * time.Minute)
		c.Session.TTL, c.Session.AbsoluteTTL = config.Duration(time.Hour), config.Duration(3*time.Hour)
	}))
}
