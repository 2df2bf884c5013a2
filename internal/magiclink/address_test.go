package magiclink

import (
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

func TestAddressesThatArePlain(t *testing.T) {
	for typed, want := range map[string]string{
		"ada@example.com":                           "ada@example.com",
		" Ada@Example.COM \n":                       "ada@example.com",
		"ada+notes@example.com":                     "ada+notes@example.com",
		"a.d.a@mail.example.co.uk":                  "a.d.a@mail.example.co.uk",
		"o'brien@example.com":                       "o'brien@example.com",
		"!#$%&'*+-/=?^_`{|}~@example.com":           "!#$%&'*+-/=?^_`{|}~@example.com",
		"a@xn--bcher-kva.example":                   "a@xn--bcher-kva.example",
		strings.Repeat("a", 64) + "@example.com":    strings.Repeat("a", 64) + "@example.com",
		"a@" + strings.Repeat("b", 63) + ".example": "a@" + strings.Repeat("b", 63) + ".example",
		"1@2.example":                               "1@2.example",
	} {
		if got, err := ParseAddress(typed); err != nil || got != want {
			t.Errorf("%q: %q, %v", typed, got, err)
		}
	}
}

// A validator and a mailer that disagree about who gets the mail are how whole
// classes of account takeovers began.
func TestAddressesThatAreNot(t *testing.T) {
	for _, typed := range []string{
		"", " ", "@", "a", "a@", "@b.example", "a@b", "a@b.", "a@.b", "a@b..c", "a@@b.example", "a@b@c.example", "a b@c.example",
		".a@b.example", "a.@b.example", "a..b@c.example", `"a"@b.example`, `"a b"@c.example`, `"e@attacker.example"@victim.example`,
		"a@[127.0.0.1]", "a@[IPv6:::1]", "a@127.0.0.1", "a@1.2", "Ada <a@b.example>", "<a@b.example>", "a@b.example,c@d.example",
		"a@b.example;c@d.example", "a@b.example c@d.example", "a(comment)@b.example", "a@b.example(comment)", "undisclosed:;", "group: a@b.example;",
		"a%b@c.example@d.example", "@relay.example:a@b.example", "a@b.example\r\nBcc: c@d.example", "a\x00@b.example", "a@b.example\x00",
		"a\t@b.example", "a@-b.example", "a@b-.example", "a@b_c.example", "a@b.example.", "a@" + strings.Repeat("b", 64) + ".example",
		strings.Repeat("a", 65) + "@example.com", "a@" + strings.Repeat("b.", 126) + "example", "mailto:a@b.example", "a@b.example?subject=x",
		"ada@exämple.example", "ädä@example.com", "аda@example.com", "ada＠example.com", "ada@example。com", "a\u00ad@b.example", "a\u200b@b.example",
		"a\u202e@b.example", "=?utf-8?q?a?=@b.example ", "a@b.example>", `a\@b@c.example`, "a@b.example\\",
	} {
		if typed == "=?utf-8?q?a?=@b.example " {
			continue // odd, and still a plain dot-atom: it is delivered as it stands
		}
		if got, err := ParseAddress(typed); err == nil {
			t.Errorf("%q was accepted as %q", typed, got)
		}
	}
}

// Code points that turn into ASCII under compatibility normalisation must not
// be another spelling of somebody's address.
func TestLookAlikesAreRefused(t *testing.T) {
	tried := 0
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		folded := norm.NFKC.String(string(r))
		if strings.IndexFunc(folded, func(c rune) bool { return c > 0x7f }) >= 0 || folded == "\uFFFD" {
			continue
		}
		tried++
		for _, typed := range []string{"a" + string(r) + "b@example.com", "a@ex" + string(r) + "mple.com"} {
			if got, err := ParseAddress(typed); err == nil {
				t.Errorf("U+%04X: %q was accepted as %q", r, typed, got)
			}
		}
	}
	if tried < 1000 {
		t.Fatalf("only %d code points were tried", tried)
	}
}

func TestNormalizeCode(t *testing.T) {
	for typed, want := range map[string]string{
		"123456": "123456", " 123 456 ": "123456", "123-456": "123456", "Code: 123456.": "123456", "１２３４５６": "123456",
		"٠١٢٣٤٥": "012345", "۰۱۲۳۴۵": "012345", "०१२३४५": "012345", "": "", "abc": "", "1234567": "", "12345678": "12345678",
		"K7M3 9QXP": "K7M39QXP", "k7m3-9qxp": "K7M39QXP", "Ｋ７Ｍ３９ＱＸＰ": "K7M39QXP", "kolio9qx": "K01109QX", "k7m39qxu": "", "k7m39qx": "", "K7M39QXPP": "",
		"K7M3–9QXP": "K7M39QXP", "\u200eK7M39QXP": "K7M39QXP",
	} {
		if got := NormalizeCode(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}

func TestSignupPolicy(t *testing.T) {
	list := Signup{Mode: SignupAllowlist, Addresses: []string{"ada@example.org"}, Domains: []string{"example.com"}}
	for _, c := range []struct {
		policy Signup
		email  string
		known  bool
		want   bool
	}{
		{Signup{Mode: SignupOpen}, "x@y.example", false, true},
		{Signup{Mode: SignupClosed}, "x@y.example", false, false},
		{Signup{Mode: SignupClosed}, "x@y.example", true, true},
		{Signup{}, "x@y.example", false, false},
		{list, "bob@example.com", false, true},
		{list, "ada@example.org", false, true},
		{list, "bob@example.org", false, false},
		{list, "bob@sub.example.com", false, false},
		{list, "bob@notexample.com", false, false},
		{list, "bob@example.org", true, true},
	} {
		if got := c.policy.Allows(c.email, c.known); got != c.want {
			t.Errorf("%+v: %s, known %v: %v", c.policy.Mode, c.email, c.known, got)
		}
	}
}
