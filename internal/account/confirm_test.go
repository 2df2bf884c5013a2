package account_test

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/testdb"
)

const (
	ada = "ada@example.com"
	bob = "bob@example.com"
)

// actions are the ids of what the list of sessions offers, in order.
func actions(page *apptest.Page) (out []string) {
	for name, attrs := range page.Elements {
		if id := attrs["id"]; id == "sign-out" || name == "a" && strings.HasPrefix(id, "end-ses_") {
			out = append(out, id)
		}
	}
	return out
}

func newProvider(t *testing.T) *apptest.Provider {
	t.Helper()
	t.Parallel()
	return apptest.New(t, testdb.URL(t, "sqlite"))
}

func TestThisBrowserStandsFirst(t *testing.T) {
	p := newProvider(t)
	first, second := p.Browser(), p.Browser()
	first.SignInHere(ada)
	second.SignInHere(ada)
	for what, b := range map[string]*apptest.Browser{"older": first, "newer": second} {
		page := b.Open("/account")
		if got := actions(page); len(got) != 2 || got[0] != "sign-out" || strings.Count(page.Text(), "this browser") != 1 {
			t.Errorf("%s: %v, %s", what, got, page.Text())
		}
	}
}

// Whatever ends is named before, and the page that asks changes nothing.
func TestEndingIsAskedAboutFirst(t *testing.T) {
	p := newProvider(t)
	b, phone := p.Browser(), p.Browser()
	b.Tokens(apptest.Offline(apptest.Web), ada)
	phone.SignInHere(ada)
	page := b.Open("/account")
	for id, words := range map[string][]string{
		actions(page)[1]: {"End this session?", "Firefox on Linux", "from 127.0.0.1", "since", "UTC"},
		"disconnect-web": {"Disconnect Web?", "since", "UTC"},
	} {
		ask := page.Attr(id, "href")
		question := b.Open(ask)
		for _, w := range words {
			if question.Status != http.StatusOK || !strings.Contains(question.Text(), w) {
				t.Errorf("%s does not say %q: %s", ask, w, question.Text())
			}
		}
		if again := b.Open(question.Attr("cancel", "href")); again.Attr(id, "href") != ask {
			t.Errorf("%s did something by itself: %s", ask, again.Text())
		}
		if after := b.Submit(question.Form(ask), "confirm"); after.Attr(id, "href") != "" {
			t.Errorf("%s is still there: %s", id, after.Text())
		}
	}
	if phone.Open("/account").URL.Path != "/login" {
		t.Error("the phone is still signed in")
	}
}

func TestEndingAllOthersNamesThem(t *testing.T) {
	p := newProvider(t)
	b := p.Browser()
	for _, other := range []*apptest.Browser{b, p.Browser(), p.Browser()} {
		other.SignInHere(ada)
	}
	const others = "/account/sessions/end-others"
	question := b.Open(others)
	if question.Heading() != "End all other sessions?" || strings.Count(question.Text(), "Firefox on Linux") != 2 {
		t.Errorf("%s", question.Text())
	}
	if got := actions(b.Submit(question.Form(others), "confirm")); len(got) != 1 {
		t.Errorf("left are %v", got)
	}
}

// What is gone already, belongs to somebody else or is this very browser is not
// asked about.
func TestNothingToAskLeadsBack(t *testing.T) {
	p := newProvider(t)
	b, bobs := p.Browser(), p.Browser()
	b.Tokens(apptest.Offline(apptest.Web), ada)
	p.Browser().SignInHere(ada)
	bobs.SignInHere(bob)
	session := b.Open("/account").Attr(actions(b.Open("/account"))[1], "href")
	for _, path := range []string{session, "/account/sessions/ses_x/end", "/account/sessions/end-others", "/account/applications/web/disconnect"} {
		if page := bobs.Get(path); page.Status != http.StatusSeeOther || page.Location() != "/account" {
			t.Errorf("bob at %s: %s", path, page)
		}
		if page := p.Browser().Get(path); page.Status != http.StatusSeeOther || page.Location() != "/login" {
			t.Errorf("a stranger at %s: %s", path, page)
		}
	}
}

// What was allowed can be taken back once its tokens are over too: until then the
// application gets new ones in silence.
func TestConsentIsTakenBackWithoutTokens(t *testing.T) {
	p := newProvider(t)
	b := p.Browser()
	for _, c := range []apptest.Client{apptest.Once, apptest.Always, apptest.Web} {
		r := apptest.NewRequest(c)
		p.Redeem(r, b.SignIn(r, ada).Code())
	}
	p.Clock.Advance(11 * time.Minute)
	page := b.Open("/account")
	for _, id := range []string{"disconnect-always", "disconnect-web"} { // the one asks again anyway, the other nobody ever
		if page.Attr(id, "href") != "" {
			t.Errorf("%s: %s", id, page.Text())
		}
	}
	silent := apptest.NewRequest(apptest.Once).With("prompt", "none")
	if a := b.Authorize(silent).MustAnswer(); a.Code() == "" {
		t.Fatalf("before: %v", a)
	}
	question := b.Open(page.Attr("disconnect-once", "href"))
	if text := question.Text(); question.Heading() != "Disconnect Once?" || !strings.Contains(text, "your address") || strings.Contains(text, "last used") {
		t.Errorf("%s", text)
	}
	const path = "/account/applications/once/disconnect"
	if after := b.Submit(question.Form(path), "confirm"); after.Attr("disconnect-once", "href") != "" {
		t.Errorf("it is still there: %s", after.Text())
	}
	if a := b.Authorize(silent).MustAnswer(); a.Fault() != "consent_required" {
		t.Errorf("after: %v", a)
	}
}

// Threat: somebody who is signed in names applications that there are not, or texts
// that steer whoever reads the audit log, or that are no text.
func TestDisconnectingWhatThereIsNot(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, address string) {
		p := apptest.New(t, address)
		b := p.Browser()
		b.SignInHere(ada)
		for _, id := range []string{"nothing", "\x1b[2J\nforged", "a\x00b", "\xff\xfe", "https://nobody.example/app", strings.Repeat("x", 4000)} {
			path := "~" + base64.RawURLEncoding.EncodeToString([]byte(id))
			if page := b.Post("/account/applications/"+path+"/disconnect", nil); page.Status != http.StatusSeeOther {
				t.Errorf("%q: %d", id, page.Status)
			}
		}
		events, err := p.App.Store.Events(t.Context(), audit.Query{Name: string(audit.ConsentWithdrawn)})
		if err != nil || len(events) != 0 {
			t.Errorf("told are %+v, %v", events, err)
		}
	})
}
