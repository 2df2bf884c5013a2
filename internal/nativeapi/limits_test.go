package nativeapi_test

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/magiclink"
	"idp/internal/nativeapi"
)

// onlyAda lets nobody else in: their mails never go out.
func onlyAda(c *config.Config) {
	c.Signup.Mode, c.Signup.Addresses = string(magiclink.SignupAllowlist), []string{ada}
}

// Known or not, allowed or not: the answers are the same, byte by byte, from the
// first mail to the last try.
func TestDecoys(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		signIn(t, p, apptest.Phone, ada)
		random := regexp.MustCompile(`ch_[0-9a-z]{26}\.[0-9A-Za-z_-]{43}`)
		answers := map[string][]string{}
		for _, email := range []string{ada, "nobody@example.com"} {
			note := func(reply apptest.Reply) {
				h := maps.Clone(reply.Header)
				h.Del("Date")
				answers[email] = append(answers[email], strconv.Itoa(reply.Status), random.ReplaceAllString(reply.Body, "ch"), headerText(h))
			}
			after := p.Inbox.Last()
			send := p.JSON(nativeapi.PathSend, apptest.Phone, "email", email)
			note(send)
			code := "123456"
			if email == ada {
				code = wrong(p.NextNativeMail(after, email).Code)
			}
			for range 7 {
				note(p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", send.Text("challenge"), "code", code))
				note(p.JSON(nativeapi.PathCode, apptest.Phone, "email", email, "code", code))
			}
		}
		if known, unknown := answers[ada], answers["nobody@example.com"]; !slices.Equal(known, unknown) {
			t.Errorf("they differ:\n%q\n%q", known, unknown)
		}
		if answers[ada][0] != "200" || answers[ada][3] != "401" {
			t.Errorf("%q", answers[ada])
		}
	}, apptest.Configure(onlyAda))
}

func headerText(h http.Header) (out string) {
	for _, name := range slices.Sorted(maps.Keys(h)) {
		out += name + ": " + h.Get(name) + "\n"
	}
	return out
}

// Three wrong codes use a mail's code up, however they come, and the link works.
func TestWrongCodes(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for what, with := range map[string]func(asked) []string{
			"challenge": func(m asked) []string { return []string{"challenge", m.challenge} },
			"email":     func(asked) []string { return []string{"email", ada} },
		} {
			mail := ask(t, p, apptest.Phone, ada)
			for range 3 {
				notProven(t, what, p.JSON(nativeapi.PathCode, apptest.Phone, append(with(mail), "code", wrong(mail.Code))...))
			}
			notProven(t, what+": the right code after three", p.JSON(nativeapi.PathCode, apptest.Phone, append(with(mail), "code", mail.Code)...))
			notProven(t, what+": the other way", p.JSON(nativeapi.PathCode, apptest.Phone, "email", ada, "code", mail.Code))
			if reply := p.JSON(nativeapi.PathLink, apptest.Phone, "token", mail.Token); reply.Status != http.StatusOK {
				t.Errorf("%s: the link: %s", what, reply)
			}
		}
	})
}

// A guess by address counts for every mail that it is compared with: asking for
// more mails gains nothing.
func TestGuessesArePooled(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		mails := []asked{ask(t, p, apptest.Phone, ada), ask(t, p, apptest.Phone, ada), ask(t, p, apptest.Phone, ada)}
		guess := "000000"
		for slices.ContainsFunc(mails, func(m asked) bool { return m.Code == guess }) {
			guess = wrong(guess) // three codes in a million
		}
		for range 3 {
			notProven(t, "guess", p.JSON(nativeapi.PathCode, apptest.Phone, "email", ada, "code", guess))
		}
		for _, m := range mails {
			notProven(t, "a code after three guesses", p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", m.challenge, "code", m.Code))
		}
	})
}

// The budgets are those of the pages.
func TestBudgets(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for range 5 {
			ask(t, p, apptest.Phone, ada)
		}
		limited(t, "a sixth mail in five minutes", p.JSON(nativeapi.PathSend, apptest.Phone, "email", ada), 5*time.Minute)
		limited(t, "at another client", p.JSON(nativeapi.PathSend, apptest.Tablet, "email", ada), 5*time.Minute)
		p.Clock.Advance(5*time.Minute + time.Second)

		// Ten wrong codes, over as many mails as it takes.
		tries := 0
		for tries < 10 {
			mail := ask(t, p, apptest.Phone, bob)
			for range min(3, 10-tries) {
				notProven(t, "a wrong code", p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", mail.challenge, "code", wrong(mail.Code)))
				tries++
			}
		}
		mail := ask(t, p, apptest.Phone, bob)
		limited(t, "an eleventh code", p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", mail.challenge, "code", mail.Code), 24*time.Hour)
		limited(t, "by email", p.JSON(nativeapi.PathCode, apptest.Phone, "email", bob, "code", mail.Code), 24*time.Hour)
		if reply := p.JSON(nativeapi.PathLink, apptest.Phone, "token", mail.Token); reply.Status != http.StatusOK {
			t.Errorf("the link: %s", reply)
		}
	}, apptest.ProductLimits())
}

// Where no mail is on its way, only the caller's network pays for a guess.
func TestGuessesAtNobody(t *testing.T) {
	each(t, func(t *testing.T, p *apptest.Provider) {
		for i := range 60 {
			reply := p.JSON(nativeapi.PathCode, apptest.Phone, "email", eve, "code", "000000")
			if i < 60 && reply.Status != http.StatusUnauthorized {
				t.Fatalf("try %d: %s", i, reply)
			}
		}
		limited(t, "the 61st", p.JSON(nativeapi.PathCode, apptest.Phone, "email", eve, "code", "000000"), time.Minute)
		p.Clock.Advance(time.Minute + time.Second)
		signIn(t, p, apptest.Phone, eve)
	}, apptest.ProductLimits())
}

func limited(t *testing.T, what string, reply apptest.Reply, most time.Duration) {
	t.Helper()
	wait, err := strconv.Atoi(reply.Header.Get("Retry-After"))
	if reply.Status != http.StatusTooManyRequests || reply.Body != `{"error":"too many requests"}` || err != nil || wait < 1 || wait > int(most/time.Second) {
		t.Errorf("%s: %s, Retry-After %q", what, reply, reply.Header.Get("Retry-After"))
	}
}

// Guesses by address count for the whole installation too; those at nobody, which
// are compared with nothing, do not.
func TestGuessesCountForTheInstallation(t *testing.T) {
	p := one(t, apptest.Configure(func(c *config.Config) {
		c.Limits.LongCodesAbove, c.Limits.WrongShortCodes = config.Rate{Max: 1000, Window: time.Hour}, 5
	}))
	for range 10 {
		notProven(t, "at nobody", p.JSON(nativeapi.PathCode, apptest.Phone, "email", eve, "code", "000000"))
	}
	for i := range 5 {
		mail := ask(t, p, apptest.Phone, ada)
		with := [][]string{{"email", ada}, {"challenge", mail.challenge}}[i%2]
		notProven(t, "a wrong code", p.JSON(nativeapi.PathCode, apptest.Phone, append(with, "code", wrong(mail.Code))...))
	}
	mail := ask(t, p, apptest.Phone, bob)
	for _, with := range [][]string{{"email", bob}, {"challenge", mail.challenge}} {
		limited(t, "a sixth, by "+with[0], p.JSON(nativeapi.PathCode, apptest.Phone, append(with, "code", mail.Code)...), time.Hour)
	}
	if reply := p.JSON(nativeapi.PathLink, apptest.Phone, "token", mail.Token); reply.Status != http.StatusOK {
		t.Errorf("the link: %s", reply)
	}
}
