package mirror

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"idp/internal/browser"
	"idp/internal/secret"
)

const issuer = "https://login.example.com"

var noon = time.Date(2030, 1, 2, 12, 0, 0, 0, time.UTC)

var errNothingHere = errors.New("nothing here")

func newKeys(t *testing.T, root string, previous ...secret.Token) *secret.Keyring {
	t.Helper()
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat(root, 32)), previous...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}

func newHandler(t *testing.T) *Handler {
	t.Helper()
	return &Handler{
		Issuer: issuer, Keys: newKeys(t, "k"), Proxies: browser.Proxies{netip.MustParsePrefix("10.0.0.0/8")}, Now: func() time.Time { return noon },
		NotFound: func(http.ResponseWriter, *http.Request) error { return errNothingHere },
	}
}

// What the mirror shows is nobody's business: addresses of proxies, and whether a
// header would be believed. Only the root secret opens it, and not for long.
func TestOnlyTheRootSecretOpensIt(t *testing.T) {
	h := newHandler(t)
	good := Token(h.Keys, issuer, noon).Reveal()
	for name, c := range map[string]struct {
		tokens []string
		open   bool
	}{
		"good":                        {[]string{good}, true},
		"a little later":              {[]string{Token(h.Keys, issuer, noon.Add(-50*time.Second)).Reveal()}, true},
		"by a clock that is fast":     {[]string{Token(h.Keys, issuer, noon.Add(50*time.Second)).Reveal()}, true},
		"none":                        {nil, false},
		"empty":                       {[]string{""}, false},
		"twice":                       {[]string{good, good}, false},
		"changed":                     {[]string{good[:len(good)-1]}, false},
		"without its time":            {[]string{good[strings.Index(good, ".")+1:]}, false},
		"with another time":           {[]string{"9" + good}, false},
		"old":                         {[]string{Token(h.Keys, issuer, noon.Add(-time.Minute)).Reveal()}, false},
		"made for a long time":        {[]string{Token(h.Keys, issuer, noon.Add(time.Hour)).Reveal()}, false},
		"for another issuer":          {[]string{Token(h.Keys, "https://other.example.com", noon).Reveal()}, false},
		"of another root secret":      {[]string{Token(newKeys(t, "x"), issuer, noon).Reveal()}, false},
		"a long text instead of both": {[]string{strings.Repeat("1", 5000) + "." + strings.Repeat("A", 5000)}, false},
	} {
		r := httptest.NewRequest(http.MethodGet, Path, nil)
		r.Header[Header] = c.tokens
		err := h.Show(httptest.NewRecorder(), r)
		if c.open != (err == nil) || err != nil && !errors.Is(err, errNothingHere) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestShowsWhatTheServerSees(t *testing.T) {
	h := newHandler(t)
	r := httptest.NewRequest(http.MethodGet, Path, nil)
	r.RemoteAddr, r.Host = "10.0.0.1:5000", "login.example.com"
	r.Header.Set(Header, Token(h.Keys, issuer, noon).Reveal())
	r.Header.Set("X-Forwarded-For", "192.0.2.1, 198.51.100.7")
	r.Header.Set("Cookie", "__Host-sid=secret")
	w := httptest.NewRecorder()
	if err := h.Show(w, r); err != nil {
		t.Fatal(err)
	}
	body := w.Body.String()
	var got Image
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatal(err)
	}
	if got.Peer != "10.0.0.1:5000" || !got.PeerTrusted || got.Client != "198.51.100.7" || got.ClientTrusted || got.Host != "login.example.com" || len(got.ForwardedFor) != 1 {
		t.Errorf("%s", body)
	}
	if strings.Contains(body, "secret") || strings.Contains(body, r.Header.Get(Header)) || w.Header().Get("Cache-Control") != "no-store" {
		t.Errorf("it shows too much: %s %v", body, w.Header())
	}
}
