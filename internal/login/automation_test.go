package login_test

import (
	"slices"
	"strings"
	"testing"
)

// People who automate a sign-in find their way by these ids and headings. They
// are part of what the pages promise: add to them, but do not change them.
var promised = map[string]struct{ heading, ids string }{
	"address":        {"Sign in", "email continue"},
	"bad address":    {"Sign in", "email continue"},
	"wait":           {"Check your mail", "code verify resend change"},
	"wrong code":     {"Check your mail", "code verify resend change"},
	"used up":        {"Check your mail", "resend change"},
	"too early":      {"One moment", "way-on"},
	"link here":      {"Signing you in…", "use-link"},
	"link elsewhere": {"Sign in on this device?", "use-link"},
	"link unknown":   {"This link does not exist", "way-on"},
	"native":         {"Go back to the app", ""},
	"consent":        {"Allow Once?", "allow deny"},
	"choice":         {"Choose an account", "stay other"},
	"form_post":      {"One moment", "continue"},
	"done":           {"You are signed in", "continue"},
	"done elsewhere": {"You are signed in", "continue"},
	"account":        {"Your account", "sign-out disconnect-web"},
	"disconnect":     {"Disconnect Web?", "confirm cancel"},
	"sign-out":       {"Sign out?", "sign-out cancel"},
	"stay":           {"You are still signed in", "account"},
	"signed out":     {"You are signed out", "sign-in"},
	"problem":        {"The application did not say who it is", "way-on"},
	"not found":      {"There is nothing here", "way-on"},
	"foreign":        {"This sign-in was started elsewhere", "way-on"},
}

func TestPagesKeepTheirIDs(t *testing.T) {
	p := one(t)
	pages := everyPage(t, p)
	for what, page := range pages {
		want, known := promised[what]
		if !known {
			t.Errorf("%s: nothing is promised for this page", what)
		}
		var ids []string
		for name, attrs := range page.Elements {
			if name == "button" || name == "a" || name == "input" && attrs["type"] != "hidden" {
				ids = append(ids, attrs["id"])
			}
		}
		if !slices.Equal(ids, strings.Fields(want.ids)) || page.Heading() != want.heading {
			t.Errorf("%s: %q with %q, want %q with %q", what, page.Heading(), ids, want.heading, want.ids)
		}
	}
	if len(pages) != len(promised) {
		t.Errorf("%d pages, %d promises", len(pages), len(promised))
	}
}

// Every page works by plain forms: a button of its own sends each, and no field
// needs script to be filled in.
func TestPagesWorkWithPlainForms(t *testing.T) {
	p := one(t)
	for what, page := range everyPage(t, p) {
		for name, attrs := range page.Elements {
			if _, disabled := attrs["disabled"]; disabled {
				t.Errorf("%s: <%s id=%s> is disabled until a script comes", what, name, attrs["id"])
			}
			if name == "button" && attrs["type"] != "submit" {
				t.Errorf("%s: the button %s sends nothing", what, attrs["id"])
			}
			if name == "a" && (attrs["href"] == "" || strings.HasPrefix(attrs["href"], "#")) {
				t.Errorf("%s: the link %s leads nowhere", what, attrs["id"])
			}
		}
	}
}
