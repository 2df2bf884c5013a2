package idp

import "time"

// Outcome is what an authorization request leads to.
type Outcome int

// The outcomes of Decide.
const (
	Issue       Outcome = iota // a code may be issued now
	Refuse                     // the error goes to the application
	NeedLogin                  // the person proves the mailbox first
	NeedAccount                // the person says which account
	NeedConsent                // the person allows the application
)

// Decision is the outcome of an authorization request; Error and Description
// are set where it is Refuse (OpenID Connect Core §3.1.2.6).
type Decision struct {
	Outcome     Outcome
	Error       string
	Description string
}

// Decide says what the flow's request gets from this browser now. It is a pure
// function: asked again after a page, it sees what the page changed. A login,
// consent or choice counts for prompt= and max_age= when it is younger than the
// request itself.
func Decide(f *Flow, c *Client, v *SignedIn, now time.Time) Decision {
	page := func(o Outcome, code, description string) Decision {
		if f.Prompted("none") {
			return Decision{Refuse, code, description}
		}
		return Decision{Outcome: o}
	}
	if v == nil {
		return page(NeedLogin, "login_required", "nobody is signed in")
	}
	fresh := !v.Session.AuthTime.Before(f.StartedAt())
	if f.HintSubject != "" && f.HintSubject != v.User.ID {
		if fresh { // somebody else signed in just now: asking again would go round in circles
			return Decision{Refuse, "login_required", "another person signed in than id_token_hint names"}
		}
		return page(NeedLogin, "login_required", "another person is signed in than id_token_hint names")
	}
	if !fresh {
		if f.Prompted("login") {
			return Decision{Outcome: NeedLogin}
		}
		if f.MaxAge != nil && now.Sub(v.Session.AuthTime) > time.Duration(*f.MaxAge)*time.Second {
			return page(NeedLogin, "login_required", "the sign-in is older than max_age")
		}
		if f.Prompted("select_account") && f.Account != v.Session.ID {
			return Decision{Outcome: NeedAccount}
		}
	}
	if !consented(f, c, v) {
		return page(NeedConsent, "consent_required", "the person has not allowed this yet")
	}
	return Decision{Outcome: Issue}
}

func consented(f *Flow, c *Client, v *SignedIn) bool {
	givenNow := v.Consent.Covers(f.Consents()) && !v.Consent.GrantedAt.Before(f.StartedAt())
	switch {
	case f.Prompted("consent"), c.Consent == ConsentAlways:
		return givenNow
	case c.Consent == ConsentSkip:
		return true
	default:
		return v.Consent.Covers(f.Consents())
	}
}
