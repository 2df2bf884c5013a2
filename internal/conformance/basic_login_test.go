package conformance_test

import (
	"net/url"
	"time"
)

func happyFlow(r *rp) {
	q := r.request(basic)
	r.authorize(q)
	code := r.code(q)
	hardToGuess(r.t, "code", code)
	got := r.redeem(basic, q, code)
	r.hasExactly(r.userinfo(got))
}

// happyWith is the happy path with one parameter more.
func happyWith(name, value string) func(*rp) {
	return func(r *rp) { r.login(basic, name, value) }
}

func withoutNonce(r *rp) {
	q := r.request(basic)
	q.Del("nonce")
	r.authorize(q)
	r.complete(basic, q)
}

// loginHint is the suite's own hint, and then one that somebody ignores.
func loginHint(r *rp) {
	issuer, err := url.Parse(r.issuer())
	if err != nil {
		r.t.Fatal(err)
	}
	got := r.login(basic, "login_hint", "buffy@"+issuer.Hostname(), "scope", "openid email")
	r.emailOf(got)
}

// again checks that two ID tokens tell of one login.
func (r *rp) again(first, later tokens) {
	r.t.Helper()
	if first.sub() != later.sub() || first.authTime() != later.authTime() {
		r.t.Errorf("sub %s, auth_time %.0f; then %s, %.0f", first.sub(), first.authTime(), later.sub(), later.authTime())
	}
}

// anew checks that the person had to sign in once more, and that it shows.
func (r *rp) anew(first, later tokens) {
	r.t.Helper()
	if r.wrote != 1 {
		r.t.Errorf("%d login pages were shown, want one", r.wrote)
	}
	if first.sub() != later.sub() || first.authTime() >= later.authTime() {
		r.t.Errorf("sub %s, auth_time %.0f; then %s, %.0f", first.sub(), first.authTime(), later.sub(), later.authTime())
	}
	if at := r.moment(later.claims, "auth_time"); r.provider.Clock.Now().Sub(at) > time.Minute {
		r.t.Errorf("auth_time is %s", at)
	}
}

func promptLogin(r *rp) {
	first := r.login(basic)
	r.provider.Clock.Advance(time.Second)
	r.anew(first, r.login(basic, "prompt", "login"))
}

func maxAge1(r *rp) {
	first := r.login(basic)
	r.provider.Clock.Advance(2 * time.Second)
	r.anew(first, r.login(basic, "max_age", "1"))
}

func maxAge10000(r *rp) {
	first := r.login(basic, "max_age", "15000")
	r.provider.Clock.Advance(3 * time.Second)
	r.again(first, r.silently(basic, "max_age", "10000"))
}

func promptNoneSomebody(r *rp) {
	first := r.login(basic)
	r.provider.Clock.Advance(3 * time.Second)
	r.again(first, r.silently(basic, "prompt", "none"))
}

func idTokenHint(r *rp) {
	first := r.login(basic)
	r.provider.Clock.Advance(3 * time.Second)
	r.again(first, r.silently(basic, "prompt", "none", "id_token_hint", first.id))
}

func promptNoneNobody(r *rp) {
	q := r.request(basic, "prompt", "none", "state", longState())
	r.authorize(q)
	r.refused(q, needsPage...)
	if r.wrote > 0 {
		r.t.Error("prompt=none, and a page was shown")
	}
}
