package login_test

import (
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// breakTable makes the database refuse what is written to a table, until the
// returned function is called.
func breakTable(p *apptest.Provider, table, write string) (mend func()) {
	if strings.HasPrefix(p.Database, "sqlite:") {
		p.Exec(`CREATE TRIGGER broken BEFORE ` + write + ` ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'broken'); END`)
		return func() { p.Exec(`DROP TRIGGER broken`) }
	}
	p.Exec(`CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
		CREATE TRIGGER broken BEFORE ` + write + ` ON ` + table + ` FOR EACH ROW EXECUTE FUNCTION broken()`)
	return func() { p.Exec(`DROP FUNCTION broken CASCADE`) }
}

// A database that fails while a secret is spent leaves no half of it: the person is
// told to try again, is not signed in, and can: the secret is as good as before.
func TestDatabaseFailsWhileASecretIsSpent(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, spend := range map[string]func(b *apptest.Browser, wait *apptest.Page, mail apptest.Mail) *apptest.Page{
			"link": func(b *apptest.Browser, _ *apptest.Page, mail apptest.Mail) *apptest.Page {
				return b.PressLink(mail.Link)
			},
			"code": func(b *apptest.Browser, wait *apptest.Page, mail apptest.Mail) *apptest.Page {
				return b.Submit(b.Open(wait.URL.Path).Form(wait.URL.Path).Set("code", mail.Code))
			},
		} {
			for table, write := range map[string]string{"challenges": "UPDATE", "users": "INSERT", "sessions": "INSERT"} {
				b := p.Browser()
				wait, mail := ask(b, what+"."+table+"@example.com")
				mend := breakTable(p, table, write)
				failed := spend(b, wait, mail)
				if failed.Status < 500 || strings.Contains(failed.Body, "broken") || strings.Contains(failed.Body, table) {
					t.Errorf("%s, %s: %s", what, table, failed)
				}
				if isSignedIn(b) || b.Cookie("sid") != "" {
					t.Errorf("%s, %s: signed in all the same", what, table)
				}
				mend()
				finished(t, what+", "+table+", once more", spend(b, wait, mail))
			}
		}
	}, apptest.Faulty())
}

// Many people at once each see themselves and nobody else.
func TestNobodySeesAnothersSession(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		const people, looks = 12, 12
		browsers := map[string]*apptest.Browser{}
		for i := range people {
			email := "person" + string(rune('a'+i)) + "@example.com"
			b := p.Browser()
			b.SignIn(apptest.NewRequest(apptest.Web), email)
			browsers[email] = b
		}
		type look struct{ email, sees string }
		seen := make(chan look, people*looks)
		for email, b := range browsers {
			go func() {
				for range looks {
					page := b.Get("/account")
					if page.Status != http.StatusOK {
						seen <- look{email, page.String()}
						continue
					}
					seen <- look{email, page.Text()}
				}
			}()
		}
		for range people * looks {
			l := <-seen
			for other := range browsers {
				if strings.Contains(l.sees, other) != (other == l.email) {
					t.Fatalf("%s sees, of %s: %s", l.email, other, l.sees)
				}
			}
		}
	})
}
