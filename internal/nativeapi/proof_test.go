package nativeapi_test

import (
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
)

// Of 32 callers at once with the same proof one gets tokens.
func TestSingleUse(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, members := range map[string]func(asked, int) (string, []string){
			"link": func(m asked, _ int) (string, []string) { return nativeapi.PathLink, []string{"token", m.Token} },
			"code": func(m asked, _ int) (string, []string) {
				return nativeapi.PathCode, []string{"code", m.Code, "challenge", m.challenge}
			},
			"code by email": func(m asked, _ int) (string, []string) {
				return nativeapi.PathCode, []string{"code", m.Code, "email", ada}
			},
			"all ways at once": func(m asked, i int) (string, []string) {
				switch i % 3 {
				case 0:
					return nativeapi.PathLink, []string{"token", m.Token}
				case 1:
					return nativeapi.PathCode, []string{"code", m.Code, "challenge", m.challenge}
				}
				return nativeapi.PathCode, []string{"code", m.Code, "email", ada}
			},
		} {
			mail := ask(t, p, apptest.Phone, ada)
			var mu sync.Mutex
			var wg sync.WaitGroup
			winners := 0
			for i := range 32 {
				path, with := members(mail, i)
				wg.Go(func() {
					reply := p.JSON(path, apptest.Phone, with...)
					mu.Lock()
					defer mu.Unlock()
					if reply.Status == http.StatusOK {
						winners++
					} else {
						notProven(t, what, reply)
					}
				})
			}
			wg.Wait()
			if winners != 1 {
				t.Errorf("%s: %d winners of 32", what, winners)
			}
		}
	})
}

// Whatever is not good gets the same bytes.
func TestBadProofs(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mine, other := ask(t, p, apptest.Phone, ada), ask(t, p, apptest.Phone, bob)
		b := p.Browser()
		_, web := b.Ask(b.Authorize(apptest.NewRequest(apptest.Mixed)), ada)
		webToken := web.Link[strings.LastIndexByte(web.Link, '/')+1:]
		for what, reply := range map[string]apptest.Reply{
			"no token at all":             p.JSON(nativeapi.PathLink, apptest.Phone, "token", "x"),
			"a token of nothing":          p.JSON(nativeapi.PathLink, apptest.Phone, "token", strings.Repeat("x", 32)),
			"another client's token":      p.JSON(nativeapi.PathLink, apptest.Tablet, "token", mine.Token),
			"another client's code":       p.JSON(nativeapi.PathCode, apptest.Tablet, "code", mine.Code, "challenge", mine.challenge),
			"another client's mail":       p.JSON(nativeapi.PathCode, apptest.Tablet, "code", mine.Code, "email", ada),
			"another asker's challenge":   p.JSON(nativeapi.PathLink, apptest.Phone, "token", mine.Token, "challenge", other.challenge),
			"a challenge of nothing":      p.JSON(nativeapi.PathLink, apptest.Phone, "token", mine.Token, "challenge", "x"),
			"another key":                 p.JSON(nativeapi.PathCode, apptest.Phone, "code", mine.Code, "challenge", mine.challenge[:30]+strings.Repeat("A", 43)),
			"a challenge of nothing, too": p.JSON(nativeapi.PathCode, apptest.Phone, "code", mine.Code, "challenge", "ch_x.y"),
			"a slip of the keyboard":      p.JSON(nativeapi.PathCode, apptest.Phone, "code", "12345", "email", ada),
			"an address without mail":     p.JSON(nativeapi.PathCode, apptest.Phone, "code", mine.Code, "email", "nobody@example.com"),
			"a link of a page's mail":     p.JSON(nativeapi.PathLink, apptest.Mixed, "token", webToken),
			"a code of a page's mail":     p.JSON(nativeapi.PathCode, apptest.Mixed, "code", web.Code, "email", ada),
		} {
			notProven(t, what, reply)
		}
		if good := p.JSON(nativeapi.PathLink, apptest.Phone, "token", mine.Token, "challenge", mine.challenge); good.Status != http.StatusOK {
			t.Errorf("after all that, the asker: %s", good)
		}
		p.Clock.Advance(10*time.Minute + time.Second)
		notProven(t, "an expired link", p.JSON(nativeapi.PathLink, apptest.Phone, "token", other.Token))
		notProven(t, "an expired code", p.JSON(nativeapi.PathCode, apptest.Phone, "code", other.Code, "challenge", other.challenge))
		notProven(t, "an expired code by email", p.JSON(nativeapi.PathCode, apptest.Phone, "code", other.Code, "email", bob))
	})
}

// Who asked twice may type the code of either mail.
func TestOlderCodesWork(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		first := ask(t, p, apptest.Phone, ada)
		second := ask(t, p, apptest.Phone, ada)
		for what, mail := range map[string]asked{"older": first, "newer": second} {
			if reply := p.JSON(nativeapi.PathCode, apptest.Phone, "code", mail.Code, "email", ada); reply.Status != http.StatusOK {
				t.Errorf("the %s code: %s", what, reply)
			}
		}
	})
}

// No browser can do anything with the link of such a mail, whatever it sends, and
// the application can afterwards.
func TestOurPageSpendsNothing(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mail := ask(t, p, apptest.Tablet, ada)
		b := p.Browser()
		page := b.Open(mail.Link)
		if page.Status != http.StatusOK || page.Heading() != "Go back to the app" || len(page.Forms()) != 0 || !strings.Contains(page.Text(), "Tablet") || page.Header.Get("Cache-Control") != "no-store" {
			t.Errorf("the link's page: %s: %s", page, page.Text())
		}
		for _, form := range []map[string][]string{nil, {"nonce": {"x"}, "gesture": {"pointer"}}, {"tabs": {"1"}}} {
			if after := b.Post(page.URL.Path, form); after.Status != http.StatusSeeOther || b.Get("/account").Status == http.StatusOK {
				t.Errorf("a post to the link's page: %s", after)
			}
		}
		if reply := p.JSON(nativeapi.PathLink, apptest.Tablet, "token", mail.Token); reply.Status != http.StatusOK {
			t.Fatalf("the application afterwards: %s", reply)
		}
		if page = b.Open(mail.Link); page.Status != http.StatusGone || page.Heading() != "This link was used already" {
			t.Errorf("the page of a used link: %s", page)
		}
		late := ask(t, p, apptest.Tablet, ada)
		p.Clock.Advance(11 * time.Minute)
		if page = b.Open(late.Link); page.Status != http.StatusGone || page.Heading() != "This link has expired" {
			t.Errorf("the page of an expired link: %s", page)
		}
	})
}

// The waiting page's addresses do not know the challenge either.
func TestChallengeIsNoPage(t *testing.T) {
	p := one(t)
	mail := ask(t, p, apptest.Phone, ada)
	id := mail.challenge[len("ch_"):strings.IndexByte(mail.challenge, '.')]
	b := p.Browser()
	b.Open("/login")
	for what, page := range map[string]*apptest.Page{
		"page": b.Get("/login/c/" + id), "status": b.Get("/login/c/" + id + "/status"),
		"code": b.Post("/login/c/"+id, map[string][]string{"code": {mail.Code}}), "resend": b.Post("/login/c/"+id+"/resend", nil),
	} {
		if page.Status < 400 || b.Get("/account").Status == http.StatusOK {
			t.Errorf("%s: %s", what, page)
		}
	}
	if reply := p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", mail.challenge, "code", mail.Code); reply.Status != http.StatusOK {
		t.Errorf("the application afterwards: %s", reply)
	}
}

// The database keeps nothing that signs anybody in.
func TestNothingSecretIsStored(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mail := ask(t, p, apptest.Phone, ada)
		tokens := signIn(t, p, apptest.Phone, ada)
		dump := p.Dump()
		for what, text := range map[string]string{
			"key of the challenge": mail.challenge[strings.IndexByte(mail.challenge, '.')+1:], "link": mail.Token, "code": mail.Code,
			"session token": tokens.Text("session_token"), "refresh token": tokens.Text("refresh_token"),
		} {
			if strings.Contains(dump, text) {
				t.Errorf("the database holds the %s", what)
			}
		}
		if !strings.Contains(dump, ada) {
			t.Error("the dump is empty")
		}
	})
}

// The link of a sign-in that its owner cancelled says so.
func TestLinkOfACancelledSignIn(t *testing.T) {
	p := one(t)
	mail, reader := ask(t, p, apptest.Tablet, ada), p.Browser()
	link := regexp.MustCompile(`/n/\S+`).FindString(mail.Text)
	p.Clock.Advance(time.Minute)
	if page := reader.Submit(reader.Open(link).Form(link)); page.Status != http.StatusOK {
		t.Fatalf("not me: %s", page)
	}
	if page := p.Browser().Open(mail.Link); page.Status != http.StatusGone || page.Heading() != "This sign-in was cancelled" {
		t.Errorf("the link: %s", page)
	}
}
