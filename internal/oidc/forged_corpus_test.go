package oidc_test

import (
	"crypto"
	"crypto/ecdsa"
	"net/http"
	"strings"
	"testing"

	"idp/internal/apptest"
)

// forgery is one sort of signed text that the provider takes: how a good one is
// made, and whether one is accepted.
type forgery struct {
	alg, kid string
	key      crypto.Signer
	header   map[string]any
	claims   func() map[string]any
	accepted func(text string) bool
	byApp    bool // an application signs it, so its own claims may be an attack
	fixedTyp bool // the typ is not optional
}

func forgeries(t *testing.T, p *apptest.Provider) map[string]forgery {
	t.Helper()
	key, f, b := appKeys()["ES256"], newForger(t, p), p.Browser()
	d := newProver(t, p, "ES256")
	bound := d.tokens(apptest.NewRequest(apptest.Web)).Access()
	idToken := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.Web), ada).ID())
	access := apptest.Claims(t, b.Tokens(apptest.NewRequest(apptest.JWT), ada).Access())
	r := apptest.NewRequest(signed)
	same := func(c map[string]any) func() map[string]any { return func() map[string]any { return c } }
	rs, kid := f.keys["RS256"], f.kids["RS256"]
	return map[string]forgery{
		"client assertion": {
			"ES256", key.kid, key.private, map[string]any{"typ": "JWT"}, func() map[string]any { return assertionClaims(p, signed) },
			func(text string) bool {
				return p.Post("/oauth/introspect", signed, asserted(map[string][]string{"token": {"x"}}, text)).Status == http.StatusOK
			}, true, false,
		},
		"request object": {
			"ES256", key.kid, key.private, requestHeader, func() map[string]any { return objectClaims(p, r) },
			func(text string) bool { return p.Browser().Authorize(r.With("request", text)).HasForm("/login") }, true, false,
		},
		"DPoP proof": {
			"ES256", "", key.private, map[string]any{"typ": "dpop+jwt", "jwk": publicJWK(key)}, func() map[string]any { return d.claims("GET", "/userinfo", bound) },
			func(text string) bool { return d.userinfo("DPoP", bound, text).Status == http.StatusOK }, true, true,
		},
		"id_token_hint": {
			"RS256", kid, rs, map[string]any{"typ": "JWT"}, same(idToken), func(text string) bool { return acceptsHint(p.Browser(), text) }, false, false,
		},
		"access token": {
			"RS256", kid, rs, map[string]any{"typ": "at+jwt"}, same(access),
			func(text string) bool { return p.Get("/userinfo", text).Status == http.StatusOK }, false, true,
		},
	}
}

// good makes one that is accepted.
func (f forgery) good(t *testing.T) (header, payload, text_ string) {
	t.Helper()
	h := changed(f.header, map[string]any{"alg": f.alg})
	if f.kid != "" {
		h = with(h, "kid", f.kid)
	}
	header, payload = text(t, h), text(t, f.claims())
	return header, payload, rawJWS(t, f.alg, f.key, header, payload)
}

// Nothing that was not signed as it must be is ever taken for a client's or for
// ours (RFC 8725 §2 and §3, RFC 7515 §10): five sorts of text, each in all the
// ways that one can be forged.
func TestForgedCorpus(t *testing.T) {
	p := one(t, signedClients())
	cases := 0
	for sort, f := range forgeries(t, p) {
		if _, _, fine := f.good(t); !f.accepted(fine) {
			t.Fatalf("%s: a good one is refused", sort)
		}
		forged := f.byHeader(t)
		for _, more := range []map[string]string{f.byText(t), f.byPayload(t)} {
			for what, text := range more {
				forged[what] = text
			}
		}
		for what, text := range forged {
			cases++
			if f.accepted(text) {
				t.Errorf("%s: accepted with %s", sort, what)
			}
		}
		if _, _, fine := f.good(t); !f.accepted(fine) {
			t.Errorf("%s: a good one is refused afterwards", sort)
		}
	}
	if cases < 250 {
		t.Errorf("only %d cases", cases)
	}
}

// byHeader are forgeries whose header lies.
func (f forgery) byHeader(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	stranger := appKeys()["stranger"]
	change := func(member string, value any) string {
		h, _, _ := f.good(t)
		if value == nil {
			return h
		}
		return strings.Replace(h, `"alg":"`+f.alg+`"`, `"`+member+`":`+text(t, value), 1)
	}
	sign := func(header string) string { return rawJWS(t, f.alg, f.key, header, text(t, f.claims())) }
	for _, alg := range []any{"none", "None", "NONE", "nOnE", "", 1, true, []string{f.alg}, strings.ToLower(f.alg), f.alg + " ", "HS256", "RS384", "ES512", "PS512", "EdDSA", "dir"} {
		header := change("alg", alg)
		out["alg "+text(t, alg)+" and no signature"] = rawJWS(t, "none", nil, header, text(t, f.claims()))
		out["alg "+text(t, alg)+" and a signature"] = sign(header)
	}
	out["no alg"] = sign(change("x", 1))
	for form, secret := range asSecrets(t, f.key.Public(), text(t, publicJWK(keyPair{private: f.key}))) {
		out["HS256 by our key as "+form] = rawJWS(t, "HS256", secret, change("alg", "HS256"), text(t, f.claims()))
	}
	plain, _, _ := f.good(t)
	if f.alg == "ES256" {
		out["a stranger's signature"] = rawJWS(t, "ES256", stranger.private, plain, text(t, f.claims()))
		out["a signature in DER"] = rawJWS(t, "ES256 in DER", f.key, plain, text(t, f.claims()))
	}
	foreign := strings.Replace(change("alg", "ES256"), `"kid":"`+f.kid+`"`, `"kid":"evil"`, 1)
	for name, member := range map[string]string{
		"jku": `"jku":"https://evil.example/keys"`, "x5u": `"x5u":"https://evil.example/cert"`, "x5c": `"x5c":["MIIB"]`,
		"jwk": `"jwk":` + text(t, publicJWK(stranger)), "nothing": `"x":1`,
	} {
		out["a stranger's key by "+name] = rawJWS(t, "ES256", stranger.private.(*ecdsa.PrivateKey), inject(foreign, member), text(t, f.claims()))
		out["a stranger's key by "+name+", last"] = rawJWS(t, "ES256", stranger.private.(*ecdsa.PrivateKey), appended(foreign, member), text(t, f.claims()))
	}
	out["crit of something"] = sign(inject(plain, `"crit":["x"],"x":1`))
	out["crit of nothing there"] = sign(inject(plain, `"crit":["exp"]`))
	out["crit that is no list"] = sign(inject(plain, `"crit":"x"`))
	out["alg twice"] = sign(inject(plain, `"alg":"none"`))
	out["alg twice, last"] = sign(appended(plain, `"alg":"none"`))
	for _, typ := range []string{"secevent+jwt", "dpop+jwt", "at+jwt", "oauth-authz-req+jwt", "logout+jwt"} {
		if own, _ := f.header["typ"].(string); own != typ && (f.byApp || f.fixedTyp) {
			out["typ "+typ] = sign(strings.Replace(plain, `"typ":"`+own+`"`, `"typ":"`+typ+`"`, 1))
		}
	}
	return out
}

// byText are forgeries of the text itself.
func (f forgery) byText(t *testing.T) map[string]string {
	t.Helper()
	_, _, fine := f.good(t)
	_, _, other := f.good(t)
	parts := strings.Split(fine, ".")
	h, c, s := parts[0], parts[1], parts[2]
	out := map[string]string{
		"no signature": h + "." + c + ".", "two parts": h + "." + c, "one part": h, "four parts": fine + ".", "five parts": fine + ".x.y",
		"no header": "." + c + "." + s, "no payload": h + ".." + s, "parts exchanged": c + "." + h + "." + s, "only dots": "..",
		"a short signature": fine[:len(fine)-4], "a long signature": fine + "AAAA", "padding": fine + "==", "padding of the header": h + "==." + c + "." + s,
		"a signature of zeros": h + "." + c + "." + strings.Repeat("A", len(s)), "an inner space": h + ". " + c + "." + s,
		"upper case": strings.ToUpper(fine), "percent": h + "%2e" + c + "%2e" + s, "twice": fine + fine, "JSON": `{"payload":"` + c + `","protected":"` + h + `","signature":"` + s + `"}`,
		"an unencoded payload": h + "." + text(t, f.claims()) + "." + s,
	}
	if f.byApp { // the others' claims do not change from one to the next
		out["another's signature"] = signedLike(fine, other)
	}
	if strings.ContainsAny(s, "-_") {
		out["the other alphabet"] = h + "." + c + "." + strings.NewReplacer("-", "+", "_", "/").Replace(s)
	}
	return out
}

// byPayload are claims that nobody signed or, from applications, that should not
// have been.
func (f forgery) byPayload(t *testing.T) map[string]string {
	t.Helper()
	header, payload, fine := f.good(t)
	changes := map[string]string{
		"a member more, first": inject(payload, `"x":1`), "a member more, last": appended(payload, `"x":1`),
		"no members": "{}", "a list": "[" + payload + "]", "nothing": "", "a text": `"x"`, "null": "null",
	}
	out := map[string]string{}
	for what, p := range changes {
		out["a payload changed: "+what] = rawJWS(t, "none", nil, header, p) + fine[strings.LastIndex(fine, ".")+1:]
	}
	if !f.byApp {
		return out
	}
	for what, p := range map[string]string{
		"no members": "{}", "a list": "[" + payload + "]", "nothing": "", "a text": `"x"`, "null": "null", "rubbish behind": payload + "x", "two objects": payload + payload,
		"iat twice": appended(payload, `"iat":1`), "jti twice": inject(payload, `"jti":"x"`), "jti twice, last": appended(payload, `"jti":"x"`),
		"iat of a text": strings.Replace(payload, `"iat":`, `"iat":"1","y":`, 1), "iat beyond numbers": strings.Replace(payload, `"iat":`, `"iat":1e400,"y":`, 1),
		"iat far ahead": strings.Replace(payload, `"iat":`, `"iat":99999999999,"y":`, 1), "a broken text": strings.Replace(payload, `"jti":"`, "\"jti\":\"\xff\",\"y\":\"\n", 1),
	} {
		out["a payload signed: "+what] = rawJWS(t, f.alg, f.key, header, p)
	}
	return out
}
