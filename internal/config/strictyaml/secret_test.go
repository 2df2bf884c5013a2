package strictyaml

// Threat: a fault goes to the log and the terminal, and the operator pastes it
// into a ticket. A secret with a typing mistake must not go with it.

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
)

func TestFaultsHideSecrets(t *testing.T) {
	t.Parallel()
	const secret = "hunter2-hunter2"
	for name, value := range map[string]string{
		"own error repeats it": "'!" + secret + "'",
		"tag":                  "!" + secret,
		"anchor":               "&" + secret + " x",
		"alias":                "*" + secret,
		"list":                 "[" + secret + "]",
		"mapping":              "{" + secret + "x: " + secret + "}",
		"open quote":           "'" + secret,
		"open bracket":         "[" + secret,
		"reserved sign":        "@" + secret,
		"block header":         "|" + secret,
		"text after quotes":    `"x"` + secret,
		"colon":                secret + ": " + secret,
		"escape":               `"\q` + secret + `"`,
		"hexadecimal":          `"` + secret + `\xZZ"`,
	} {
		for _, field := range []string{"secret", "client_id", "pkce", "redirect_uris"} {
			document := "clients:\n- " + field + ": " + value + "\n  bad: x\n"
			_, _, faults := read(t, document)
			if faults == nil {
				t.Errorf("%s: no fault", name)
			}
			if strings.Contains(strings.ReplaceAll(faults.Error(), `["`+secret, ""), "hunter2") {
				t.Errorf("%s: %s", name, faults)
			}
		}
	}
}

func TestWithheldReason(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"error with the value", "clients: [{secret: '!correct-horse'}]\n", "idp.yaml:1:20: clients[0].secret: is not valid; the reason is withheld because it repeats a part of the value"},
		{"error without it", "clients: [{secret: tiny}]\n", "idp.yaml:1:20: clients[0].secret: is shorter than 8 characters"},
		{"number for a secret", "clients: [{secret: 123}]\n", "idp.yaml:1:20: clients[0].secret: is shorter than 8 characters"},
		{"fixed words", "clients: [{secret: '?where the password is'}]\n", "idp.yaml:1:20: clients[0].secret: must say where the password is"},
		{"in a list", "clients: [{old_secrets: ['!correct-horse']}]\n", "idp.yaml:1:26: clients[0].old_secrets[0]: is not valid; the reason is withheld because it repeats a part of the value"},
	})
}

func TestRepeats(t *testing.T) {
	t.Parallel()
	_, inURL := url.Parse("postgres://idp:pa55/word@db.test/idp") //nolint:staticcheck // its fault is what the test wants
	var inside *url.Error
	if !errors.As(inURL, &inside) {
		t.Fatal(inURL)
	}
	for _, c := range []struct {
		message, value string
		want           bool
	}{
		{inURL.Error(), "postgres://idp:pa55/word@db.test/idp", true},
		{inside.Err.Error(), "postgres://idp:pa55/word@db.test/idp", true},
		{`bad "ab"`, "xabx", true},
		{"bad a\\nb", "a\nb", true},
		{fmt.Sprintf("bad %x", "k"), "6b", true},
		{"HUNTERS", "xhuntersx", true},
		{"is too short", "abc", false},
		{"is empty", "", false},
		{"is blank", "  ", false},
	} {
		if got := repeats(c.message, c.value); got != c.want {
			t.Errorf("repeats(%q, %q) = %v", c.message, c.value, got)
		}
	}
}

// A fault is one line, whatever a type says.
func TestFaultIsOneLine(t *testing.T) {
	t.Parallel()
	var dst struct {
		A chatty `yaml:"a"`
	}
	_, faults := Decode("", []byte("a: x\n"), &dst)
	if got, want := faults.Error(), "1:4: a: first second"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

type chatty struct{}

func (*chatty) UnmarshalYAMLText(string) error { return errors.New("first\n\tsecond") }
