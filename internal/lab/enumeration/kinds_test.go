package enumeration_test

import (
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/testdb"
)

// kinds are addresses of the same length. The first is what the others are compared
// with.
var kinds = []struct{ name, email string }{
	{"known", "known@known.test"},
	{"unknown", "never@known.test"},
	{"of a new domain", "never@first.test"},
	{"barred by policy", "never@other.test"},
	{"disabled", "ended@known.test"},
	{returned, "blown@known.test"},
}

// returned is the kind whose pages say what is known of the mailbox.
const returned = "sent a letter back"

// provider knows the kinds.
func provider(t *testing.T) *apptest.Provider {
	t.Helper()
	p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Configure(func(c *config.Config) {
		c.Signup = config.Signup{Mode: string(magiclink.SignupAllowlist), Domains: []string{"known.test", "first.test"}}
	}))
	for _, email := range []string{"known@known.test", "ended@known.test", "blown@known.test"} {
		r := apptest.NewRequest(apptest.Web)
		tokens := p.Browser().Tokens(r, email)
		if email == "ended@known.test" {
			user, _ := apptest.Claims(t, tokens.ID())["sub"].(string)
			if err := p.App.Store.DisableUser(t.Context(), user, p.Clock.Now()); err != nil {
				t.Fatal(err)
			}
		}
	}
	p.Clock.Advance(time.Hour)
	now := p.Clock.Now()
	err := p.App.Store.RecordBounce(t.Context(), magiclink.Bounce{
		LetterID: "none", Email: "blown@known.test", Reason: magiclink.NoMailbox, Status: "5.1.1", Mark: true, WrittenAt: now, At: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}
