package magiclink

import (
	"flag"
	"fmt"
	"net/mail"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/accepted-addresses.txt anew")

// Parts that are good, bad, or good in one parser's eyes alone. Every local part
// meets every domain, so each is tried in good company and in bad.
var (
	locals = []string{
		"ada", "Ada", "a", "0", "ada.lovelace", "a.b.c.d", "ada+tag", "ada+a+b", "o'brien", "!#$%&'*+-/=?^_`{|}~", "-", "_", "-ada-", "=?utf-8?q?a?=",
		"a%b", "a!b", "a/b", "a=b@", strings.Repeat("x", 63), strings.Repeat("x", 64), strings.Repeat("x", 65), "", " ", "ada ", " ada", "a da", ".", ".ada",
		"ada.", "a..b", `"ada"`, `"a b"`, `"a@b"`, `"a\"b"`, `""`, `a"b"c`, `a\@b`, "a\\b", "ada(c)", "(c)ada", "<ada", "ada>", "ada,bob", "ada;bob", "ada:bob", "[ada]",
		"ada\r\n", "a\nb", "a\rb", "a\tb", "a\x00b", "a\x7fb", "a\x1bb", "ada\u00a0", "a\u200bb", "a\u200db", "a\u202eb", "a\ufeffb", "a\u00adb", "ädä", "аda", "ａｄａ",
		"\u212aada", "\u017fada", "ad\u0131", "ada\u0301", "日本", "😀", "bob@x.test,ada", "@relay.test:ada", "Ada <ada", "mailto:ada", "group:ada", "ada@", "%00ada", "ada%40x.test",
		"\xff", "a\xc0\xaeb", "&#97;da", `["ada`, `{"email":"ada`,
	}
	domains = []string{
		"example.com", "EXAMPLE.com", "mail.example.co.uk", "a.b", "1.example", "3com.test", "x--y.test", "xn--bcher-kva.example", "XN--BCHER-KVA.example",
		strings.Repeat("d", 63) + ".test", strings.Repeat("d", 64) + ".test", longDomain(253 - 5), longDomain(249), "localhost", "com", "", ".", ".example.com", "example.com.", "example..com",
		"-example.com", "example-.com", "exa_mple.com", "exa mple.com", "127.0.0.1", "1.2", "0x7f.1", "[127.0.0.1]", "[IPv6:::1]", "example.123", "example.c0m", "example.com:25",
		"example.com>", "example.com,x@y.test", "example.com;x@y.test", "example.com x@y.test", "example.com(c)", "example.com\r\nBcc: x@y.test", "example.com\x00", "exam\u00adple.com",
		"exämple.com", "example。com", "ｅxample.com", "example.com\u200b", "example.com?subject=x", "example.com/x", "example.com#x", "example.com\\", "user@example.com", "example.com%0a", "example.com\x85",
	}
)

// longDomain is a domain of n characters.
func longDomain(n int) string {
	s := strings.Repeat("abcdefg.", n/8+1)[:n-4]
	return strings.TrimRight(s, ".") + strings.Repeat("z", n-4-len(strings.TrimRight(s, "."))) + ".com"
}

// shape is the rule, written a second time by other means.
var shape = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*" +
	`@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$`)

func fits(s string) bool {
	local, domain, _ := strings.Cut(s, "@")
	last := domain[strings.LastIndex(domain, ".")+1:]
	return shape.MatchString(s) && len(s) <= 254 && len(local) <= 64 && len(domain) <= 253 && strings.Trim(last, "0123456789") != ""
}

// The corpus of addresses: what is accepted is exactly what the rule says, and
// what is listed; and every parser on the way to the mail server reads it as the
// same one address.
func TestAddressCorpus(t *testing.T) {
	var accepted []string
	tried := 0
	for _, local := range locals {
		for _, domain := range domains {
			typed := local + "@" + domain
			tried++
			got, err := ParseAddress(typed)
			if trimmed := strings.Trim(typed, " \t\r\n"); (err == nil) != fits(trimmed) {
				t.Errorf("%q: %q, %v, but the rule says %v", typed, got, err, fits(trimmed))
			}
			if err != nil {
				continue
			}
			accepted = append(accepted, fmt.Sprintf("%q %s", typed, got))
			if again, err := ParseAddress(got); err != nil || again != got {
				t.Errorf("%q: its canonical form becomes %q, %v", typed, again, err)
			}
			if m, err := mail.ParseAddress(got); err != nil || m.Address != got || m.String() != "<"+got+">" {
				t.Errorf("%q: another parser reads %v, %v", got, m, err)
			}
			if list, err := mail.ParseAddressList(got); err != nil || len(list) != 1 {
				t.Errorf("%q: another parser reads %d addresses, %v", got, len(list), err)
			}
		}
	}
	if tried < 1000 {
		t.Errorf("only %d addresses", tried)
	}
	slices.Sort(accepted)
	golden(t, "testdata/accepted-addresses.txt", strings.Join(accepted, "\n")+"\n")
}

func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s does not list what is accepted; if that is meant: go test -run Corpus -update", file)
	}
}
