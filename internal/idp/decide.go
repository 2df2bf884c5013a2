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
	NeedOther                  // the person may not use the application; somebody else might
)

// Decision is the outcome of an authorization request; Error and Description
// are set where it is Refuse (OpenID Connect Core §3.1.2.6).
type Decision struct {
	Outcome     Outcome
	Error       string
	Description string
}

// answering is how old a sign-in for the request itself may be in any case: else
// max_age=0 would ask for another until the end of days.
const answering = time.Minute

// Decide says what the flow's request gets from this browser now. It is a pure
// function: asked again after a page, it sees what the page changed. A login,
// consent or choice counts for prompt= when it is younger than the request itself;
// max_age= is kept while pages wait too.
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
	age := now.Sub(v.Session.AuthTime)
	if fresh && age <= answering {
		age = 0
	}
	switch {
	case !fresh && (f.Prompted("login") || f.Prompted("create")):
		return Decision{Outcome: NeedLogin}
	case f.MaxAge != nil && age > time.Duration(*f.MaxAge)*time.Second:
		return page(NeedLogin, "login_required", "the sign-in is older than max_age")
	case c.MaxSessionAge > 0 && age > c.MaxSessionAge:
		return page(NeedLogin, "login_required", "the sign-in is older than this application accepts")
	case !fresh && f.Prompted("select_account") && f.Account != v.Session.ID:
		return Decision{Outcome: NeedAccount}
	}
	if !c.Admits(&v.User) {
		return page(NeedOther, "access_denied", "the person may not use this application")
	}
	if !consented(f, c, v) {
		return page(NeedConsent, "consent_required", "the person has not allowed this yet")
	}
	return Decision{Outcome: Issue}
}

func consented(f *Flow, c *Client, v *SignedIn) bool {
	givenNow := v.Consent.Covers(f.Consents()) && !v.Consent.GrantedAt.Before(f.StartedAt())
	switch {
	case f.Device != "": // its page asks every time
		return true
	case f.Prompted("consent"), c.Consent == ConsentAlways:
		return givenNow
	case c.Consent == ConsentSkip:
		return true
	default:
		return v.Consent.Covers(f.Consents())
	}
}
