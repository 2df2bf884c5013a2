package words_test

import (
	"strings"
	"testing"

	"idp/internal/words"
)

// Words for all lie over ours, words for a client over both.
func TestOverrides(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t,
		words.Override{Client: "notes", Locale: "en", File: "notes/en.words", Text: "login.send = Mail me a link"},
		words.Override{Locale: "en", File: "default/en.words", Text: "# ours\nlogin.send = Write to me\nsign_in = Log in\n"})
	for _, want := range []struct{ client, key, text string }{
		{"notes", "login.send", "Mail me a link"},
		{"notes", "sign_in", "Log in"},
		{"notes", "sign_out", "Sign out"},
		{"other", "login.send", "Write to me"},
		{"", "sign_in", "Log in"},
	} {
		if got, err := c.Words(want.client, "en").Text(words.Say(want.key)); got != want.text || err != nil {
			t.Errorf("%s, %s: %q, %v", want.client, want.key, got, err)
		}
	}
	if got, _ := c.Words("notes", "de").Text(words.Say("login.send")); got != "Link senden" {
		t.Errorf("another language says %q", got)
	}
}

// Every mistake is told with file and line, all of them at once.
func TestFaultyOverrides(t *testing.T) {
	t.Parallel()
	text := strings.Join([]string{
		"login.sent = Sent", "sign_in.to = Sign in", "sign_in.to[one] = {app}", "brand = to {app", "no words", "refusal.wrong[other] = {n}",
		"in.days[dozen] = {n}", "sign_out = a", "sign_out = b", "months = Jan", "login.send =", "wait.wrote[one] = x {address}",
	}, "\n")
	_, err := words.Load(words.Options{Overrides: []words.Override{
		{Locale: "pl", File: "default/pl.words", Text: text}, {Locale: "tlh", File: "default/tlh.words"},
	}})
	if err == nil {
		t.Fatal("faults were accepted")
	}
	for _, want := range []string{
		"default/pl.words:1: there is no phrase login.sent", "default/pl.words:2: sign_in.to has the places [], want [app]",
		"default/pl.words:3: sign_in.to stands there twice", "default/pl.words:4: brand: a brace or a star has no partner",
		"default/pl.words:5: a line reads: key = words", "default/pl.words:6: refusal.wrong lacks the form few",
		"default/pl.words:6: refusal.wrong lacks the form many", `default/pl.words:7: in.days: there is no form "dozen"`,
		"default/pl.words:9: sign_out stands there twice", "default/pl.words:10: months are 1 words, want 12",
		"default/pl.words:11: a line reads: key = words", "default/pl.words:12: wait.wrote: forms in brackets",
		`default/tlh.words: there is no locale "tlh"`,
	} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("no word of %q in:\n%v", want, err)
		}
	}
}
