package oidc

import (
	"errors"
	"strconv"
	"strings"

	"idp/internal/idp"
	"idp/internal/proof"
	"idp/internal/reqlog"
)

// why adds to a fault what did not fit, for the administrator: what the request had
// and what the client is registered with. Nothing of it goes to the client.
func (e *protocolError) why(kind idp.FailureKind, seen string, wanted ...string) *protocolError {
	e.mismatch.Kind, e.mismatch.Seen, e.mismatch.Wanted = string(kind), seen, strings.Join(wanted, " ")
	return e
}

// of says which client the request was for, where no client was found.
func (e *protocolError) of(clientID string) *protocolError {
	e.mismatch.ClientID = clientID
	return e
}

// quiet are the faults that belong to a working client, or are ours.
var quiet = map[string]bool{
	unavailable: true, serverError: true, "use_dpop_nonce": true, "authorization_pending": true, "slow_down": true,
}

// note leaves in the request's event why it was refused.
func note(event *reqlog.Event, e *protocolError) {
	if quiet[e.Code] || e.Code == invalidToken && errors.Is(e, idp.ErrExpired) { // that access tokens end is how they work
		return
	}
	m := e.mismatch
	if m.Kind == "" {
		m.Kind, m.Seen = string(kinds[e.Code]), e.Description
	}
	if m.Kind == "" {
		m.Kind = string(idp.FailOther)
	}
	m.Answer = e.Code
	if event.Mismatch != nil && event.Mismatch.Kind == string(idp.FailOrigin) {
		event.Mismatch = nil // true as well, but the request would be refused to any origin
	}
	event.Refused(m)
}

// kinds are those of the faults whose code says enough.
var kinds = map[string]idp.FailureKind{
	"login_required": idp.FailNotSignedIn, "consent_required": idp.FailConsent, invalidTarget: idp.FailTarget,
	invalidProof: idp.FailProof, invalidObject: idp.FailObject, invalidRequestURI: idp.FailPushed,
}

// refusedPage leaves why a request ended in a page of ours.
func refusedPage(event *reqlog.Event, clientID string, kind idp.FailureKind, seen, wanted string) {
	event.Refused(reqlog.Mismatch{Kind: string(kind), ClientID: clientID, Seen: seen, Wanted: wanted})
}

// codeFault is grantError for an authorization code, with the reason.
func codeFault(err error) *protocolError {
	e := grantError(err, "the code is not valid")
	switch {
	case quiet[e.Code]:
		return e
	case errors.Is(err, idp.ErrExpired):
		return e.why(idp.FailCodeExpired, "")
	case errors.Is(err, idp.ErrUsed):
		return e.why(idp.FailCodeUsed, "")
	case errors.Is(err, idp.ErrRevoked):
		return e.why(idp.FailSessionOver, "")
	}
	return e.why(idp.FailCode, "")
}

// refreshFault is grantError for a refresh token, with the reason. What became of a
// grant concerns its own client alone.
func refreshFault(err error, g *idp.Grant, user *idp.User, client *idp.Client) *protocolError {
	e := grantError(err, badRefreshToken)
	switch {
	case quiet[e.Code]:
		return e
	case !errors.Is(err, idp.ErrRevoked):
		return e.why(idp.FailRefresh, "unknown")
	case g.ClientID != client.ID:
		return e.why(idp.FailRefresh, "of another client")
	case g.RevokeReason != "":
		return e.why(idp.FailRefresh, "revoked: "+g.RevokeReason)
	case !user.DisabledAt.IsZero():
		return e.why(idp.FailRefresh, "revoked: user disabled")
	}
	return e.why(idp.FailRefresh, "revoked")
}

// clockOr tells a wrong clock from everything else that can be wrong with something
// signed.
func clockOr(err error, otherwise idp.FailureKind) idp.FailureKind {
	if errors.Is(err, proof.ErrClock) {
		return idp.FailAssertionClock
	}
	return otherwise
}

// methodOf is how a client may authenticate, in words.
func methodOf(c *idp.Client) string {
	if c.AuthMethod == "" {
		return string(idp.AuthBasic) + " or " + string(idp.AuthPost)
	}
	return string(c.AuthMethod)
}

func length(s string) string { return strconv.Itoa(len(s)) + " characters" }

// noteFlow leaves why a sign-in that had begun cannot go on.
func noteFlow(event *reqlog.Event, flow *idp.Flow, err error) {
	switch {
	case flow == nil:
	case errors.Is(err, idp.ErrExpired):
		refusedPage(event, flow.ClientID, idp.FailFlowOver, "", "")
	case errors.Is(err, idp.ErrForeignBrowser):
		refusedPage(event, flow.ClientID, idp.FailOtherBrowser, "", "")
	}
}
