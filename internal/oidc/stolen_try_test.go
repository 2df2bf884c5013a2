package oidc_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"idp/internal/apptest"
	"idp/internal/nativeapi"
	"idp/internal/prove"
	"idp/internal/secret"
)

// attack tries values as credentials.
type attack struct {
	*life
	blind bool // does not know the credentials: only an open door counts
	tries int
	found map[string]bool // kinds
}

func newAttack(l *life) *attack { return &attack{life: l, found: map[string]bool{}} }

// shortest is the length below which a value is no credential but a code.
const shortest = 16

// credible is what any credential looks like; cookies and headers take nothing else.
var credible = regexp.MustCompile(`^[0-9A-Za-z._~:/+= -]+$`)

// try tries values in all their forms.
func (a *attack) try(values map[string]bool) {
	doors, tried := a.doors(), map[string]bool{}
	for value := range values {
		for v := range forms(value) {
			if tried[v] {
				continue
			}
			tried[v] = true
			a.tries++
			for kind, known := range a.secrets {
				// The flow parameter is the attacker's own; a short one also occurs inside of numbers.
				if a.blind {
					break
				}
				if v == known || len(known) >= shortest && kind != "flow parameter" && strings.Contains(v, known) {
					a.found[kind] = true
				}
			}
			if len(v) < shortest || len(v) > 3000 || !credible.MatchString(v) {
				continue
			}
			for kind, open := range doors {
				if !a.found[kind] && open(v) {
					a.found[kind] = true
				}
			}
		}
	}
}

// doors are the ways in, each with a credential that is to be guessed. Whatever
// else they ask for, the attacker has.
func (a *attack) doors() map[string]func(v string) bool {
	opens := func(ref string, with func(r *http.Request), want ...int) bool {
		req := a.p.NewRequest(ref, nil)
		with(req)
		return slices.Contains(want, a.p.Do(req).Status)
	}
	cookie := func(name, v string) func(*http.Request) {
		return func(r *http.Request) { r.AddCookie(&http.Cookie{Name: name, Value: v}) }
	}
	bearer := func(v string) func(*http.Request) {
		return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+v) }
	}
	nothing := func(*http.Request) {}
	escaped := url.PathEscape
	return map[string]func(v string) bool{
		"link":           func(v string) bool { return opens("/l/"+escaped(v), nothing, 200) },
		"not-me link":    func(v string) bool { return opens("/n/"+escaped(v), nothing, 200) },
		"session cookie": func(v string) bool { return opens("/account", cookie(apptest.SessionCookie, v), 200) },
		"browser cookie": func(v string) bool {
			return opens("/login/c/"+a.ids["challenge"], cookie(apptest.BrowserCookie, v), 200)
		},
		"access token": func(v string) bool { return opens("/userinfo", bearer(v), 200) },
		"refresh token": func(v string) bool {
			return a.p.Refresh(apptest.Web, v, "").Status == 200
		},
		"authorization code": func(v string) bool {
			return a.request.Params != nil && a.p.Redeem(a.request, v).Status == 200
		},
		"client secret": func(v string) bool {
			return a.ids["client"] != "" && a.p.Refresh(apptest.Client{ID: a.ids["client"], Secret: v}, "x", "").Status != 401
		},
		"registration token": func(v string) bool {
			return a.ids["registration"] != "" && opens(a.ids["registration"], bearer(v), 200)
		},
		"initial access token": func(v string) bool {
			return call(a.t, a.p, "POST", "/oauth/register", v, object{}).Status != 401
		},
		"flow parameter": func(v string) bool {
			return opens("/login?flow="+url.QueryEscape(v), cookie(apptest.BrowserCookie, a.mallory.Cookie(apptest.BrowserCookie)), 200)
		},
		"pushed request": func(v string) bool {
			return opens("/authorize?client_id=web&request_uri="+url.QueryEscape(requestURIPrefix+strings.TrimPrefix(v, requestURIPrefix)), nothing, 302, 303)
		},
		"device code": func(v string) bool {
			r := a.p.Post("/oauth/token", apptest.TV, url.Values{"grant_type": {deviceGrant}, "device_code": {v}})
			return r.Status == 200 || r.Fault() == "authorization_pending" || r.Fault() == "slow_down"
		},
		"native challenge": func(v string) bool {
			return a.native.Code != "" && a.p.JSON(nativeapi.PathCode, apptest.Phone, "challenge", v, "code", a.native.Code).Status == 200
		},
	}
}

// search looks for codes offline: every value is tried as the key, or as the root
// of the keys, of every stored MAC, with the code that is right, which a search of
// the whole space must meet. It returns how many keys it tried. Under some keys it
// searches the space itself.
func (a *attack) search(values map[string]bool) (keys int) {
	a.t.Helper()
	guesses := map[string]bool{"": true}
	for v := range values {
		for f := range forms(v) {
			guesses[f] = true
		}
	}
	for _, s := range a.stored() {
		code := a.codes[s.challenge]
		for guess := range guesses {
			keys++
			if code != "" && s.fits(guess, code) {
				a.found[fmt.Sprintf("code under the key %q", guess)] = true
			}
		}
		for _, guess := range []string{"", s.challenge, s.id, s.mac} {
			for n := range codesSearched() {
				if s.fitsDirectly([]byte(guess), fmt.Sprintf("%06d", n)) {
					a.found[fmt.Sprintf("code %06d under the key %q", n, guess)] = true
				}
			}
		}
		if prove.Long() {
			break // one whole search per moment
		}
	}
	return keys
}

// codesSearched is how much of the space of codes is searched.
func codesSearched() int { return prove.Count(1_000, 1_000_000) }

// storedCode is what the database has of a code.
type storedCode struct{ challenge, id, mac string }

func (a *attack) stored() (all []storedCode) {
	a.t.Helper()
	db := connect(a.t, a.p)
	defer db.Close()
	rows, err := db.QueryContext(a.t.Context(), `SELECT challenge_id, id, code_mac FROM challenge_secrets WHERE code_mac <> '' ORDER BY id DESC`)
	if err != nil {
		a.t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s storedCode
		if err := rows.Scan(&s.challenge, &s.id, &s.mac); err != nil {
			a.t.Fatal(err)
		}
		all = append(all, s)
	}
	if err := rows.Err(); err != nil {
		a.t.Fatal(err)
	}
	return all
}

// fits reports whether the MAC is one of code under a key that guess is, or that
// comes of it as keys come of the root secret.
func (s storedCode) fits(guess, code string) bool {
	if s.fitsDirectly([]byte(guess), code) {
		return true
	}
	ring, err := secret.NewKeyring(secret.TokenOf(guess))
	return err == nil && hmac.Equal(s.sum(), sumOf(ring.MAC("login-code", s.challenge, s.id, code)))
}

// fitsDirectly tries key on the words of the MAC, and hashes without any key.
func (s storedCode) fitsDirectly(key []byte, code string) bool {
	words := ""
	for _, part := range []string{s.challenge, s.id, code} {
		words += fmt.Sprintf("%d:%s", len(part), part)
	}
	m := hmac.New(sha256.New, key)
	m.Write([]byte(words))
	plain := sha256.Sum256(append(key, code...))
	whole := sha256.Sum256([]byte(words))
	return hmac.Equal(m.Sum(nil), s.sum()) || hmac.Equal(plain[:], s.sum()) || hmac.Equal(whole[:], s.sum())
}

func (s storedCode) sum() []byte { return sumOf(s.mac) }

// sumOf takes the name of the root secret's generation off a MAC.
func sumOf(mac string) []byte {
	raw, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || len(raw) < 4 {
		return nil
	}
	return raw[4:]
}
