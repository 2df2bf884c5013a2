package login_test

import (
	"slices"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// everyPage is every page that a person can see on the way in.
func everyPage(t *testing.T, p *apptest.Provider) map[string]*apptest.Page {
	t.Helper()
	b, in, phone := p.Browser(), p.Browser(), p.Browser()
	in.SignInHere(bob)
	in.Tokens(apptest.NewRequest(apptest.Web), bob)
	form := b.Authorize(apptest.NewRequest(apptest.Web))
	wait, mail := b.Ask(form, ada)
	pages := map[string]*apptest.Page{
		"address": form, "bad address": b.Submit(form.Form("/login").Set("email", "x")), "wait": wait, "wrong code": b.EnterCode(wait, wrong(mail.Code)),
		"link here": b.Open(mail.Link), "link elsewhere": phone.Open(mail.Link), "link unknown": b.Open("/l/x"),
		"consent": in.Authorize(apptest.NewRequest(apptest.Once)), "choice": in.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "select_account")),
		"account": in.Open("/account"), "sign-out": in.Open("/end_session"), "problem": b.Open("/authorize"), "not found": b.Open("/nothing"),
		"form_post": in.Authorize(apptest.NewRequest(apptest.Web).With("response_mode", "form_post")),
	}
	after := p.Inbox.Last()
	p.JSON("/v1/auth/magic-link/send", apptest.Tablet, "email", ada)
	pages["native"] = b.Open(p.NextNativeMail(after, ada).Link)
	pages["disconnect"] = in.Open("/account/applications/web/disconnect")
	pages["done elsewhere"] = phone.Submit(pages["link elsewhere"].Form(path(t, mail.Link)))
	spent, spentMail := b.Ask(b.Open("/login"), ada)
	for range 3 {
		pages["used up"] = b.EnterCode(spent, wrong(spentMail.Code))
	}
	pages["too early"] = b.Post(spent.URL.Path+"/resend", nil)
	finish := p.Browser()
	done, finishMail := ask(finish, ada)
	pages["done"] = done
	finish.EnterCode(pages["done"], finishMail.Code)
	pages["done"] = finish.Open(pages["done"].URL.Path)
	pages["foreign"] = phone.Open(wait.URL.Path)
	pages["stay"] = in.Submit(pages["sign-out"].Form("/end_session/confirm"), "cancel")
	pages["signed out"] = in.Submit(pages["account"].Form("/logout"))
	return pages
}

// Every page is complete for somebody who cannot see it, and without script:
// language, title, one heading, labelled fields, and forms that a button sends.
func TestEveryPageIsWellMade(t *testing.T) {
	p := one(t)
	for what, page := range everyPage(t, p) {
		var ids, labelled []string
		count := map[string]int{}
		for name, attrs := range page.Elements {
			count[name]++
			if id := attrs["id"]; id != "" {
				if slices.Contains(ids, id) {
					t.Errorf("%s: the id %s stands there twice", what, id)
				}
				ids = append(ids, id)
			}
			if name == "label" {
				labelled = append(labelled, attrs["for"])
			}
			if name == "html" && attrs["lang"] == "" {
				t.Errorf("%s: no language", what)
			}
		}
		for name, attrs := range page.Elements {
			if name == "input" && attrs["type"] != "hidden" && !slices.Contains(labelled, attrs["id"]) {
				t.Errorf("%s: the field %s has no label", what, attrs["name"])
			}
			for _, reference := range []string{attrs["aria-describedby"], attrs["aria-labelledby"]} {
				if reference != "" && !slices.Contains(ids, reference) {
					t.Errorf("%s: it refers to %s, which is not there", what, reference)
				}
			}
		}
		if count["h1"] != 1 || count["title"] != 1 || count["main"] != 1 || page.Heading() == "" {
			t.Errorf("%s: %v", what, count)
		}
		for _, f := range page.Forms() {
			if f.Method != "POST" || len(f.Buttons) == 0 || f.Buttons[0].Text == "" {
				t.Errorf("%s: the form to %s has method %s and %d buttons", what, f.Action, f.Method, len(f.Buttons))
			}
		}
		if strings.Contains(page.Body, "ZgotmplZ") || strings.Contains(page.Body, "<no value>") {
			t.Errorf("%s: the template filtered or missed a value", what)
		}
	}
}

// A code that a page leads to must not be taken from it: no page names it, but
// the one whose form posts it to the application.
func TestPagesOfAnApplicationNameIt(t *testing.T) {
	p := one(t)
	pages := everyPage(t, p)
	for what, name := range map[string]string{"address": "Web", "wait": "Web", "link here": "Web", "link elsewhere": "Web", "consent": "Once", "choice": "Web", "form_post": "Web", "done": "Web", "done elsewhere": "Web"} {
		if !strings.Contains(pages[what].Text(), name) {
			t.Errorf("%s does not name the application: %s", what, pages[what].Text())
		}
	}
}
