package secret

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"strings"
	"sync"
	"testing"
	"time"
)

// A secret that reaches a log, an error or a JSON document is a leak whatever
// verb or struct carried it there.
func TestTokenCannotBePrinted(t *testing.T) {
	const raw = "very-secret-value"
	type holder struct {
		Public  string
		private Token
		Exposed Token
	}
	h := holder{"x", TokenOf(raw), TokenOf(raw)}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("m", "t", h.Exposed, "h", h)
	asJSON, err := json.Marshal(h)
	if err != nil {
		t.Fatal(err)
	}
	out := log.String() + string(asJSON)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%d", "%x", "%T"} {
		out += fmt.Sprintf(verb, h) + fmt.Sprintf(verb, &h) + fmt.Sprintf(verb, h.private) + fmt.Sprintf(verb, []Token{h.private})
	}
	if strings.Contains(out, raw) || strings.Contains(out, fmt.Sprintf("%x", raw)) {
		t.Fatalf("the secret is in: %s", out)
	}
}

func TestHashSeparatesKinds(t *testing.T) {
	tok := NewToken()
	if tok.Hash(KindLink) == tok.Hash(KindSession) {
		t.Fatal("one token has the same hash under two kinds")
	}
	if got := (Token{}).Hash(KindLink); got != "" {
		t.Fatalf("an empty token hashes to %q, it must match nothing", got)
	}
}

// A link's token is 32 of 62 characters, 190 bits; a code six digits. In each place
// everything occurs, and about as often as the rest.
func TestLinkTokenAndCodeShapes(t *testing.T) {
	const alphabet, n = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20_000
	seen := map[string]bool{}
	var inLink [32]map[byte]int
	var inCode [6]map[byte]int
	note := func(places []map[byte]int, text string) {
		for i := range places {
			if places[i] == nil {
				places[i] = map[byte]int{}
			}
			places[i][text[i]]++
		}
	}
	for range n {
		l, c := NewLinkToken().Reveal(), NewCode().Reveal()
		if len(l) != len(inLink) || strings.Trim(l, alphabet) != "" || seen[l] {
			t.Fatalf("bad link token %q", l)
		}
		seen[l] = true
		if len(c) != len(inCode) || strings.Trim(c, "0123456789") != "" {
			t.Fatalf("bad code %q", c)
		}
		note(inLink[:], l)
		note(inCode[:], c)
	}
	even := func(what string, places []map[byte]int, kinds int) {
		for i, times := range places {
			if len(times) != kinds {
				t.Errorf("%s, place %d: %d of %d characters", what, i, len(times), kinds)
			}
			for c, got := range times { // eight standard deviations
				if want := float64(n) / float64(kinds); math.Abs(float64(got)-want) > 8*math.Sqrt(want) {
					t.Errorf("%s, place %d: %q came %d times of %d", what, i, c, got, n)
				}
			}
		}
	}
	even("link", inLink[:], len(alphabet))
	even("code", inCode[:], 10)
}

func TestIDsSortByTime(t *testing.T) {
	at := time.UnixMilli(1_800_000_000_000)
	a, b := NewID("x_", at), NewID("x_", at.Add(time.Millisecond))
	if len(a) != 28 || a >= b {
		t.Fatalf("ids %q and %q", a, b)
	}
}

func newRing(t *testing.T, current string, previous ...string) *Keyring {
	t.Helper()
	var old []Token
	for _, p := range previous {
		old = append(old, TokenOf(strings.Repeat(p, 32)))
	}
	k, err := NewKeyring(TokenOf(strings.Repeat(current, 32)), old...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealOpen(t *testing.T) {
	k := newRing(t, "a")
	sealed := k.Seal("flow", []byte("hello"), []byte("row 1"))
	if got, err := k.Open("flow", sealed, []byte("row 1")); err != nil || string(got) != "hello" {
		t.Fatalf("open: %q, %v", got, err)
	}
	bad := map[string]func() ([]byte, error){
		"other label":   func() ([]byte, error) { return k.Open("code", sealed, []byte("row 1")) },
		"other binding": func() ([]byte, error) { return k.Open("flow", sealed, []byte("row 2")) },
		"other root":    func() ([]byte, error) { return newRing(t, "b").Open("flow", sealed, []byte("row 1")) },
		"empty":         func() ([]byte, error) { return k.Open("flow", "", []byte("row 1")) },
		"truncated":     func() ([]byte, error) { return k.Open("flow", sealed[:len(sealed)-2], []byte("row 1")) },
		"extended":      func() ([]byte, error) { return k.Open("flow", sealed+"AA", []byte("row 1")) },
	}
	for name, open := range bad {
		if _, err := open(); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: opened, err %v", name, err)
		}
	}
	for i := range sealed { // every character counts
		c := byte('A')
		if sealed[i] == c {
			c = 'B'
		}
		if _, err := k.Open("flow", sealed[:i]+string(c)+sealed[i+1:], []byte("row 1")); err == nil {
			t.Fatalf("opened with character %d changed", i)
		}
	}
}

func TestRootCanBeReplaced(t *testing.T) {
	old, both, later := newRing(t, "a"), newRing(t, "b", "a"), newRing(t, "b")
	sealed, mac := old.Seal("x", []byte("v"), nil), old.MAC("m", "p")
	if _, err := both.Open("x", sealed, nil); err != nil {
		t.Fatal("the previous root no longer opens")
	}
	if !both.CheckMAC("m", mac, "p") || both.Rederive("m", mac, "p") != mac {
		t.Fatal("the previous root no longer verifies")
	}
	if _, err := later.Open("x", sealed, nil); err == nil || later.CheckMAC("m", mac, "p") || later.Rederive("m", mac, "p") != "" {
		t.Fatal("a dropped root still works")
	}
	if both.MAC("m", "p") == mac {
		t.Fatal("new values must use the new root")
	}
}

func TestMACKeepsPartsApart(t *testing.T) {
	k := newRing(t, "a")
	if k.MAC("m", "ab", "c") == k.MAC("m", "a", "bc") || k.MAC("m", "a") == k.MAC("n", "a") {
		t.Fatal("two messages share a MAC")
	}
	if k.CheckMAC("m", "", "a") || k.CheckMAC("m", "AAAA", "a") {
		t.Fatal("a degenerate MAC passes")
	}
}

func TestShortRootIsRefused(t *testing.T) {
	for n, want := range map[int]bool{0: false, 5: false, 31: false, 32: true, 44: true} {
		long := TokenOf(strings.Repeat("k", 32))
		if _, err := NewKeyring(TokenOf(strings.Repeat("k", n))); (err == nil) != want {
			t.Errorf("a root secret of %d bytes: %v", n, err)
		}
		if _, err := NewKeyring(long, TokenOf(strings.Repeat("k", n))); (err == nil) != want {
			t.Errorf("an old root secret of %d bytes: %v", n, err)
		}
	}
}

// MACs are stored: another version of the program must make the same ones.
func TestMACsStayWhatTheyAre(t *testing.T) {
	t.Parallel()
	k, err := NewKeyring(TokenOf(strings.Repeat("r", 40)))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		k.MAC("counter", "send_per_ip", "3600", "192.0.2.0"): "u0BkCH3crsJ8wuaxLDTUM3aLxCpHSPbVsQljGHc7xtJfmC52",
		k.MAC("m"):                               "u0BkCBjIqAsH_ZMVHdFTz12pCIyusII95rvdIl6n--2-BxcY",
		k.MAC("m", "", strings.Repeat("x", 300)): "u0BkCGSi46o0-FAi3xVM6MetpQnbG74FaqbBgqvjvRcOm-wa",
	}
	for got, mac := range want {
		if got != mac {
			t.Errorf("%s, want %s", got, mac)
		}
	}
}

// What computes a MAC is lent to many, one after another.
func TestMACsOfManyAtOnce(t *testing.T) {
	t.Parallel()
	k, err := NewKeyring(TokenOf(strings.Repeat("r", 40)))
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			part := strings.Repeat("x", i)
			first := k.MAC("m", part)
			for range 200 {
				if again := k.MAC("m", part); again != first {
					t.Errorf("%s, then %s", first, again)
				}
			}
		})
	}
	all.Wait()
}
