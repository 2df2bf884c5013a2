package login_test

import (
	"fmt"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
)

// Whatever a stranger writes into a request or an address is text on our pages.
// The pages are read as HTML and must have the same elements as with plain words.
func TestNoMarkupComesAliveFromARequest(t *testing.T) {
	p := one(t)
	b := p.Browser()
	form := b.Authorize(apptest.NewRequest(apptest.Web)).Form("/login")
	with := func(params ...string) func(string) *apptest.Page {
		return func(s string) *apptest.Page {
			return b.Authorize(apptest.NewRequest(apptest.Web).With(append(params, s)...))
		}
	}
	for context, show := range map[string]func(string) *apptest.Page{
		"login_hint":        with("login_hint"),
		"ui_locales":        with("ui_locales"),
		"state":             with("response_mode", "form_post", "max_age", "x", "state"),
		"error_description": with("response_mode", "form_post", "scope"),
		"address":           func(s string) *apptest.Page { return b.Submit(form.Set("email", s)) },
		"redirect_uri":      with("redirect_uri"),
		"client_id":         with("client_id"),
	} {
		want := show("plain words").Skeleton()
		for _, s := range markup(t) {
			if page := show(s); page.Skeleton() != want {
				t.Errorf("%s: %q changed the page:\n%s", context, s, page.Body)
			}
		}
	}
}

func markup(t *testing.T) []string {
	t.Helper()
	all := apptest.Markup()
	if len(all) != 300 {
		t.Fatalf("%d strings, want 300", len(all))
	}
	return all
}

// What an administrator calls an application is text too, on pages and in
// letters; and so is an address, whose local part may have odd characters.
func TestNoMarkupComesAliveFromNames(t *testing.T) {
	names := append([]string{"Plain Words"}, markup(t)...)
	client := func(i int) apptest.Client {
		c := apptest.Web
		c.ID = fmt.Sprint("named", i)
		return c
	}
	p := one(t, apptest.Configure(func(c *config.Config) {
		for _, web := range c.Declared {
			if web.ID != apptest.Web.ID {
				continue
			}
			for i, name := range names {
				web.ID, web.Name = client(i).ID, name
				c.Declared = append(c.Declared, web)
			}
			return
		}
	}))
	var want [3]string
	for i, name := range names {
		b := p.Browser()
		form := b.Authorize(apptest.NewRequest(client(i)))
		wait, mail := b.Ask(form, fmt.Sprintf("o'a&b=%d@example.com", i))
		wait = b.Open(wait.URL.Path) // once the mail is delivered
		letter, err := apptest.SkeletonOf(mail.HTML)
		if err != nil {
			t.Fatal(err)
		}
		got := [3]string{form.Skeleton(), wait.Skeleton(), letter}
		if i == 0 {
			want = got
		}
		if got != want {
			t.Errorf("%q changed a page or a letter:\n%s\n%s\n%s", name, form.Body, wait.Body, mail.HTML)
		}
		if !strings.Contains(strings.Join(strings.Fields(form.Text()), " "), strings.Join(strings.Fields(name), " ")) {
			t.Errorf("%q is not shown as it is: %s", name, form.Text())
		}
	}
}
