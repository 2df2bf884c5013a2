package demo

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"
)

var (
	errNotFound       = errors.New("no such page")
	errBadRequest     = errors.New("request could not be read")
	errCrossOrigin    = errors.New("form came from another origin")
	errSignedOut      = errors.New("no session, or none that can be refreshed")
	errUnknownAttempt = errors.New("no sign-in of this browser has this state")
	errWrongSender    = errors.New("iss of the answer is not our issuer")
	errUntrusted      = errors.New("ID token not accepted")
	errOtherPerson    = errors.New("sub differs from the ID token")
	errUnreachable    = errors.New("provider unreachable")
	errForeignIssuer  = errors.New("iss is not our issuer")
	errForeignTarget  = errors.New("target_link_uri is not ours")
)

// refusal is an error answer of the authorization endpoint (RFC 6749 §4.1.2.1).
type refusal struct{ Code, Description string }

func (e *refusal) Error() string { return "provider refused: " + e.Code }

// failure is what the person reads: what happened, and what to do now.
type failure struct {
	Status int
	Title  string
	Text   string
	// Button says what happens; Href does it. Without them: try again, at /login.
	Button, Href string
	// Code and Description are the provider's words, Detail is ours.
	Code, Description, Detail string
	When                      moment
}

// failures is searched from the top; the first error that matches is shown.
var failures = []struct {
	err error
	failure
}{
	{errNotFound, failure{Status: http.StatusNotFound, Title: "There is nothing here", Text: "The page you asked for does not exist.", Button: "Go to the start", Href: "/"}},
	{errBadRequest, failure{Status: http.StatusBadRequest, Title: "That could not be read", Text: "The request was too long or malformed, so nothing was done."}},
	{errCrossOrigin, failure{Status: http.StatusForbidden, Title: "That came from another site", Text: "Only this application may press its own buttons, so nothing was done.", Button: "Go to the start", Href: "/"}},
	{errSignedOut, failure{Status: http.StatusUnauthorized, Title: "You are not signed in here", Text: "Your session has ended, or it cannot be refreshed. Sign in again to go on.", Button: "Sign in again"}},
	{errUnknownAttempt, failure{Status: http.StatusBadRequest, Title: "We do not know this sign-in", Text: "It began in another browser, began too long ago, or was used already. A new one takes a moment."}},
	{errWrongSender, failure{Status: http.StatusBadRequest, Title: "The answer came from elsewhere", Text: "It does not name the provider we asked, so it was not used."}},
	{errOtherPerson, failure{Status: http.StatusBadGateway, Title: "The answers do not match", Text: "The provider spoke of two different people in one sign-in, so neither was used."}},
	{errUntrusted, failure{Status: http.StatusBadGateway, Title: "The answer did not pass our checks", Text: "The provider's statement about you could not be trusted, so it was not used."}},
	{errUnreachable, failure{Status: http.StatusBadGateway, Title: "The provider does not answer", Text: "It may still be starting. Wait a moment, then try again."}},
	{errForeignIssuer, failure{Status: http.StatusBadRequest, Title: "We do not know that provider", Text: "This sign-in was started for a provider that this application does not use."}},
	{errForeignTarget, failure{Status: http.StatusBadRequest, Title: "That leads somewhere else", Text: "This sign-in wanted to end at a page outside this application, so it was not started.", Button: "Sign in here"}},
}

// describe finds the words for an error.
func describe(err error) failure {
	f := failure{
		Status: http.StatusBadGateway,
		Title:  "That did not work",
		Text:   "The provider did not answer as it should.",
	}
	var refused *refusal
	var denied *oauth2.RetrieveError
	var network *url.Error
	switch {
	case errors.As(err, &network):
		err = fmt.Errorf("%w: %w", errUnreachable, err)
	case errors.As(err, &refused):
		f = failure{Status: http.StatusBadRequest, Title: "The sign-in was not finished", Text: "The provider ended it."}
		f.Code, f.Description = refused.Code, refused.Description
	case ended(err):
		f = failure{Status: http.StatusUnauthorized, Title: "This sign-in is over", Text: "The provider no longer accepts it. Sign in again to go on.", Button: "Sign in again"}
	}
	for _, known := range failures {
		if errors.Is(err, known.err) {
			f = known.failure
			break
		}
	}
	if errors.As(err, &denied) {
		f.Code, f.Description = denied.ErrorCode, denied.ErrorDescription
	}
	if f.Code == "" {
		f.Detail = err.Error()
	}
	f.Button, f.Href = cmp.Or(f.Button, "Try again"), cmp.Or(f.Href, "/login")
	return f
}

// ended tells whether the provider said that a code or refresh token is spent,
// expired or revoked (RFC 6749 §5.2).
func ended(err error) bool {
	var denied *oauth2.RetrieveError
	return errors.As(err, &denied) && denied.ErrorCode == "invalid_grant"
}

// showFailure renders the page for an error: the one place where errors end.
func (a *App) showFailure(w http.ResponseWriter, err error) {
	f := describe(err)
	now := a.cfg.Now()
	f.When = newMoment(now, now)
	if err := a.pages.show(w, f.Status, "failure", a.view(f.Title, f)); err != nil {
		http.Error(w, "The page could not be shown.", http.StatusInternalServerError)
	}
}
