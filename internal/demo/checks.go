package demo

import (
	"fmt"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// clockSkew is how far the provider's clock may run behind ours.
const clockSkew = time.Minute

// checkAnswers compares the ID token with what the attempt asked for: its own
// nonce, and a login as recent as it wanted.
func (p *party) checkAnswers(id *oidc.IDToken, at attempt) error {
	if id.Nonce != at.Nonce {
		return fmt.Errorf("%w: the nonce is not the one we sent", errUntrusted)
	}
	if at.MaxAge == nil {
		return nil
	}
	var login struct {
		AuthTime int64 `json:"auth_time"`
	}
	if err := id.Claims(&login); err != nil || login.AuthTime == 0 {
		return fmt.Errorf("%w: auth_time was asked for and is missing", errUntrusted)
	}
	oldest := p.now().Add(-time.Duration(*at.MaxAge)*time.Second - clockSkew)
	if time.Unix(login.AuthTime, 0).Before(oldest) {
		return fmt.Errorf("%w: the login is older than we asked for", errUntrusted)
	}
	return nil
}

// checkParty refuses an ID token that was made for another application and
// only mentions this one among its audience.
func (p *party) checkParty(id *oidc.IDToken) error {
	var authorized struct {
		Party string `json:"azp"`
	}
	if err := id.Claims(&authorized); err != nil {
		return fmt.Errorf("%w: %w", errUntrusted, err)
	}
	if authorized.Party != "" && authorized.Party != p.oauth.ClientID {
		return fmt.Errorf("%w: it was issued to another application", errUntrusted)
	}
	return nil
}

// checkContinuity is OpenID Connect Core §12.2: the refreshed ID token speaks
// of the same subject and login; a nonce may be absent but never different.
func checkContinuity(old, renewed grant, id *oidc.IDToken) error {
	switch {
	case id.Subject != old.Subject:
		return errOtherPerson
	case renewed.IDClaims.number("auth_time") != old.IDClaims.number("auth_time"):
		return fmt.Errorf("%w: auth_time changed", errUntrusted)
	case id.Nonce != "" && id.Nonce != old.IDClaims.text("nonce"):
		return fmt.Errorf("%w: the nonce changed", errUntrusted)
	}
	return nil
}
