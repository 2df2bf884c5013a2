package words_test

import (
	"idp/internal/markup"
	"strings"
	"testing"

	"idp/internal/words"
)

func newCatalogue(t *testing.T, overrides ...words.Override) *words.Catalogue {
	t.Helper()
	c, err := words.Load(words.Options{Overrides: overrides})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// No language of ours lacks a phrase, or has one too many.
func TestEveryLanguageIsComplete(t *testing.T) {
	t.Parallel()
	if err := words.Check(); err != nil {
		t.Error(err)
	}
	c := newCatalogue(t)
	for _, l := range words.Locales() {
		if w := c.Words("", l); w.Locale != l {
			t.Errorf("%s speaks %s", l, w.Locale)
		}
	}
}

func TestPlurals(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	for _, want := range []struct {
		locale string
		n      int
		text   string
	}{
		{"en", 1, "in 1 minute"},
		{"en", 4, "in 4 minutes"},
		{"de", 4, "in 4 Minuten"},
		{"fr", 1, "dans 1 minute"},
		{"pl", 1, "za 1 minutę"},
		{"pl", 2, "za 2 minuty"},
		{"pl", 5, "za 5 minut"},
		{"pl", 12, "za 12 minut"},
		{"pl", 22, "za 22 minuty"},
		{"ar", 1, "خلال دقيقة واحدة"},
		{"ar", 2, "خلال دقيقتين"},
		{"ar", 5, "خلال 5 دقائق"},
		{"ar", 15, "خلال 15 دقيقة"},
		{"ar", 100, "خلال 100 دقيقة"},
		{"ja", 1, "1 分後に"},
		{"zh-CN", 9, "9 分钟后"},
	} {
		if got, err := c.Words("", want.locale).Text(words.Say("in.minutes", "n", want.n)); got != want.text || err != nil {
			t.Errorf("%s, %d: %q, %v; want %q", want.locale, want.n, got, err, want.text)
		}
	}
}

func TestPhrases(t *testing.T) {
	t.Parallel()
	en := newCatalogue(t).English()
	for _, c := range []struct {
		phrase     words.Phrase
		text, html string
	}{
		{words.Say("done.close"), "You can close this tab. The other one goes on.", "<strong>You can close this tab.</strong> The other one goes on."},
		{words.Say("sign_in.to", "app", "A & <B>"), "Sign in to A & <B>", "Sign in to A &amp; &lt;B&gt;"},
		{words.Say("brand", "app", markup.HTML("<b>A</b>")), "to continue to <b>A</b>", "to continue to <b>A</b>"},
		{words.Say("account.end_of", "name", words.Device("Firefox", "Linux")), "End the session of Firefox on Linux", "End the session of Firefox on Linux"},
		{words.Plain("{x} <y>"), "{x} <y>", "{x} &lt;y&gt;"},
		{words.Phrase{}, "", ""},
	} {
		text, err := en.Text(c.phrase)
		html, errHTML := en.HTML(c.phrase)
		if err != nil || errHTML != nil || text != c.text || string(html) != c.html {
			t.Errorf("%q, %q (%v, %v), want %q, %q", text, html, err, errHTML, c.text, c.html)
		}
	}
	before, behind, err := en.Around(words.Say("delivery.accepted"), "time")
	if err != nil || before != "The mail server took the mail at " || behind != ". It should be with you in moments." {
		t.Errorf("%q, %q, %v", before, behind, err)
	}
	for _, bad := range []words.Phrase{words.Say("nothing.like.it"), words.Say("sign_in.to")} {
		if text, err := en.Text(bad); err == nil {
			t.Errorf("%v says %q", bad, text)
		}
	}
}

func TestChoice(t *testing.T) {
	t.Parallel()
	c := newCatalogue(t)
	for _, want := range []struct{ wishes, accept, locale string }{
		{"", "", ""},
		{"", "de-CH, en;q=0.5", "de"},
		{"", "en;q=0.5, fr;q=0.9", "fr"},
		{"", "pt-PT", "pt-BR"},
		{"", "zh-Hans-SG", "zh-CN"},
		{"", "ar-EG,ar;q=0.9", "ar"},
		{"", "xx, *;q=0.1", ""},
		{"", "de;q=0, ja", "ja"},
		{"", "not a header \x00", ""},
		{"xx de", "fr", "de"},
		{"se de-AT ja", "fr", "de"},
		{"", "zh-TW, fr;q=0.5", "zh-CN"},
		{"ja-JP", "fr", "ja"},
		{"se", "fr", "fr"},
		{" pl", "fr", "pl"},
		{strings.Repeat("xx ", 300) + "de", "fr", "fr"},
		{"", "it," + strings.Repeat("xx-XX,", 300), "it"},
	} {
		if got := c.Choose(want.wishes, want.accept); got != want.locale {
			t.Errorf("%.20q, %.20q: %q, want %q", want.wishes, want.accept, got, want.locale)
		}
	}
	if w := c.Words("", ""); w.Locale != "en" {
		t.Errorf("the default is %s", w.Locale)
	}
	d, err := words.Load(words.Options{Default: "nl"})
	if err != nil || d.Words("app", "").Locale != "nl" {
		t.Errorf("the default is not the one that was set: %v", err)
	}
	if _, err := words.Load(words.Options{Default: "tlh"}); err == nil {
		t.Error("an unknown default was accepted")
	}
}
