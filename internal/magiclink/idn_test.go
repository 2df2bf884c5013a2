package magiclink

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Domains in other scripts, good ones and those that only look good.
var idnDomains = []string{
	"bücher.example", "b\u00fccher.example", "bu\u0308cher.example", "BÜCHER.example", "Bücher.example", "bücher.Example", "faß.example", "FASS.example", "fass.example",
	"日本.example", "日本。example", "例え.テスト", "пример.испытание", "xn--e1afmkfd.xn--80akhbyknj4f", "аpple.example", "xn--pple-43d.example", "مثال.إختبار", "مثال1.إختبار", "1مثال.إختبار",
	"الف\u0661\u06f1.example", "क्\u200dष.example", "ks\u200dha.example", "a\u200cb.example", "xn--", "xn--.example", "xn--a.example", "xn--example-.com", "xn--zzzzzz-.example", "xn--bcher-KVA.example",
	"xn--bücher-kva.example", "xn--bcher-kvb.example", "xn--fa-hia.example", "xn--a-ecp.ru", "xn--xn--a-0pa.example", "☃.example", "xn--n3h.example", "😀.example", "𝐞xample.com", "ex\u0430mple.com",
	"exａmple.com", "example\uff0ecom", "example\uff61com", "\u00adexample.com", "exam\u2060ple.com", "\u0300ab.example", "a\u0300b.example", "àb.example", "-ü.example", "ü-.example", "üb--c.example",
	"ab--ü.example", "ü_b.example", "ü b.example", "ü", "ü.", ".ü.example", "ü..example", "ü.123", "192.168.0.ü", "[ü].example", "ü.example:25", "ü.example\x00", "ü.example\r\nBcc: x@y.test",
	strings.Repeat("ü", 50) + ".example", strings.Repeat("ü", 60) + ".example", strings.Repeat("ü.", 60) + "example", strings.Repeat("ü.", 40) + "example", "ﬁsh.example", "K.example", "ſ.example", "İ.example", "ı.example", "℡.example",
}

// The corpus with domains in other scripts: what is accepted is listed, is ASCII,
// and is its own canonical form; and with them switched off none of it is, unless
// it is ASCII as typed.
func TestAddressCorpusIDN(t *testing.T) {
	var accepted []string
	for _, local := range locals {
		for _, domain := range slices.Concat(domains, idnDomains) {
			typed := local + "@" + domain
			got, err := ParseAddressIDN(typed)
			plain, errPlain := ParseAddress(typed)
			if errPlain == nil && !isASCII(typed) {
				t.Errorf("%q: off, and %q", typed, plain)
			}
			if err != nil {
				continue
			}
			if errPlain == nil && plain != got {
				t.Errorf("%q: %q with the switch, %q without", typed, got, plain)
			}
			if !fits(got) || got != strings.ToLower(got) {
				t.Errorf("%q: %q is no plain address", typed, got)
			}
			if again, err := ParseAddressIDN(got); err != nil || again != got {
				t.Errorf("%q: its canonical form becomes %q, %v", typed, again, err)
			}
			if m, err := mail.ParseAddress(got); err != nil || m.Address != got {
				t.Errorf("%q: another parser reads %v, %v", got, m, err)
			}
			if strings.HasPrefix(local, "ada") && len(got) < 80 {
				accepted = append(accepted, fmt.Sprintf("%q %s", typed, got))
			}
		}
	}
	slices.Sort(accepted)
	golden(t, "testdata/accepted-addresses-idn.txt", strings.Join(slices.Compact(accepted), "\n")+"\n")
}

// What is typed in one way must not be another way to type somebody's domain:
// compatibility forms, marks that do not show, and capitals are refused, not
// mapped.
func TestLookAlikeDomainsAreRefused(t *testing.T) {
	tried := 0
	for r := rune(0x80); r < 0xe0200; r++ {
		if r == 0x30000 {
			r = 0xe0000 // nothing is between them
		}
		folded := norm.NFKC.String(string(r))
		typed := "a@ex" + string(r) + "mple.com"
		got, err := ParseAddressIDN(typed)
		if folded != string(r) || unicode.ToLower(r) != r && !unicode.Is(unicode.Cherokee, r) { // whose capitals are the plain form
			if tried++; err == nil {
				t.Errorf("U+%04X: %q was accepted as %q", r, typed, got)
			}
		}
		if err == nil && !strings.HasPrefix(got, "a@xn--") {
			t.Errorf("U+%04X: %q was mapped to %q", r, typed, got)
		}
	}
	if tried < 5000 {
		t.Errorf("only %d code points", tried)
	}
}

func FuzzParseAddressIDN(f *testing.F) {
	for _, d := range slices.Concat(domains, idnDomains) {
		f.Add("ada@" + d)
	}
	f.Fuzz(func(t *testing.T, typed string) {
		got, err := ParseAddressIDN(typed)
		if err != nil {
			return
		}
		if again, err := ParseAddressIDN(got); err != nil || again != got || !fits(got) {
			t.Fatalf("%q: %q becomes %q, %v", typed, got, again, err)
		}
	})
}
