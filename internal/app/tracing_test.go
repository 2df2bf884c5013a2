package app_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// newCollector is a real server for spans. wait returns all that it was sent when
// that contains every one of some texts.
func newCollector(t *testing.T) (address string, wait func(texts ...string) string) {
	t.Helper()
	bodies, all := make(chan string, 1000), ""
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var head strings.Builder
		_ = r.Header.Write(&head)
		bodies <- r.URL.String() + "\n" + head.String() + string(body)
	}))
	t.Cleanup(s.Close)
	return s.URL, func(texts ...string) string {
		t.Helper()
		deadline := time.After(20 * time.Second)
		for _, text := range texts {
			for !strings.Contains(all, text) {
				select {
				case body := <-bodies:
					all += body + "\n"
				case <-deadline:
					t.Fatalf("no span says %s:\n%s", text, all)
				}
			}
		}
		return all
	}
}

// Whoever reads traces must learn nothing by which they could sign in, nor who
// does.
func TestSpansTellNoSecrets(t *testing.T) {
	t.Parallel()
	collector, wait := newCollector(t)
	p := apptest.New(t, testdb.URL(t, "postgres"), apptest.Configure(func(c *config.Config) {
		c.Tracing = config.Tracing{Endpoint: collector, Sample: 1}
	}))
	secrets := map[string]string{"root secret": apptest.RootSecret, "client secret": apptest.Web.Secret, "database": p.Database}
	for i, kind := range []string{"code", "link"} {
		email := kind + "-person@example.com"
		b, request := p.Browser(), apptest.Offline(apptest.Web)
		request = request.With("login_hint", email)
		wait, mail := b.Ask(b.Authorize(request), email)
		page := (*apptest.Page)(nil)
		if i == 0 {
			b.EnterCode(wait, string('0'+(mail.Code[0]-'0'+1)%10)+mail.Code[1:]) // a wrong one
			page = b.EnterCode(wait, mail.Code)
		} else {
			page = b.PressLink(mail.Link)
		}
		answer, ok := page.Answer()
		if !ok {
			t.Fatal(page)
		}
		first := p.Redeem(request, answer.Code())
		second := p.Refresh(apptest.Web, first.Refresh(), "")
		p.Get("/userinfo", second.Access())
		p.Refresh(apptest.Web, first.Refresh(), "") // a replay
		secrets[kind+" address"], secrets[kind+" user"] = email, kind+"-person"
		secrets[kind+" code"], secrets[kind+" link"] = mail.Code, mail.Link[strings.LastIndex(mail.Link, "/")+1:]
		secrets[kind+" authorization code"], secrets[kind+" wait"] = answer.Code(), wait.URL.RequestURI()
		secrets[kind+" access"], secrets[kind+" refresh"], secrets[kind+" id token"] = second.Access(), first.Refresh(), first.Text("id_token")
		secrets[kind+" next refresh"] = second.Refresh()
		for _, name := range []string{apptest.BrowserCookie, apptest.SessionCookie} {
			secrets[kind+" "+name] = b.Cookie(name)
		}
		for _, name := range []string{"state", "nonce", "code_challenge"} {
			secrets[kind+" "+name] = request.Params.Get(name)
		}
	}
	all := wait(`"name":"GET /authorize"`, `"name":"POST /oauth/token"`, `"name":"GET /userinfo"`, `"name":"mail smtp"`, `"name":"POST /l/{token}"`, "db.system.name", `"stringValue":"token.refreshed"`, `"stringValue":"login.code_refused"`)
	all = regexp.MustCompile(`"((start|end)TimeUnixNano|traceId|spanId|parentSpanId)":"[0-9a-f]+"`).ReplaceAllString(all, "") // six digits are among them by chance
	for name, secret := range secrets {
		if len(secret) < 6 {
			t.Errorf("the test does not know the %s: %q", name, secret)
			continue
		}
		for _, form := range []string{secret, url.QueryEscape(secret)} {
			if strings.Contains(all, form) {
				t.Errorf("the %s is told: %s", name, form)
			}
		}
	}
	if i := strings.Index(all, "?"); i >= 0 {
		t.Errorf("something has a query: %s", all[max(0, i-40):i+40])
	}
}

// Whoever is no proxy of ours must not decide what is traced, nor put their spans
// above ours.
func TestTraceparentOfStrangers(t *testing.T) {
	t.Parallel()
	for _, trusted := range []bool{true, false} {
		collector, wait := newCollector(t)
		p := apptest.New(t, testdb.URL(t, "sqlite"), apptest.Configure(func(c *config.Config) {
			c.Tracing = config.Tracing{Endpoint: collector, Sample: 1}
			if trusted {
				c.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
			}
		}))
		req := p.Browser().NewRequest(http.MethodGet, "/login", nil)
		req.Header.Set("Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
		p.Browser().Do(req)
		all := wait(`"name":"GET /login"`)
		if strings.Contains(all, "0af7651916cd43dd8448eb211c80319c") != trusted {
			t.Errorf("trusted is %v, and the spans are\n%s", trusted, all)
		}
	}
}
