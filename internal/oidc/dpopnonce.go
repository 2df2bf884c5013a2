package oidc

import (
	"net/http"
	"strconv"
	"time"

	"idp/internal/idp"
	"idp/internal/proof"
)

const (
	useNonce    = "use_dpop_nonce" // RFC 9449 §8, §9
	nonceHeader = "DPoP-Nonce"
	nonceLabel  = "dpop nonce"
	// nonceWindow is how long one nonce is given out. It is taken for another
	// window, so that none ends the moment that a client got it.
	nonceWindow = 5 * time.Minute
)

// nonceParts is what the nonce of a time is a MAC over: nothing is stored, and all
// replicas give out the same.
func nonceParts(at time.Time) string {
	return strconv.FormatInt(at.Unix()/int64(nonceWindow/time.Second), 10)
}

// checkNonce wants a nonce of ours in the proof of a client that must bring one, so
// that no proof was made long before it is used (RFC 9449 §11.2). The answer
// carries the newest nonce, unless the client has it.
func (p *Provider) checkNonce(w http.ResponseWriter, client *idp.Client, held proof.Possession) *protocolError {
	now := p.Now()
	if !client.DPoPNonce || held.KeyHash == "" || p.Keyring.CheckMAC(nonceLabel, held.Nonce, nonceParts(now)) {
		return nil
	}
	w.Header().Set(nonceHeader, p.Keyring.MAC(nonceLabel, nonceParts(now)))
	if p.Keyring.CheckMAC(nonceLabel, held.Nonce, nonceParts(now.Add(-nonceWindow))) {
		return nil
	}
	return fault(useNonce, "the DPoP proof must bring back the nonce of the header DPoP-Nonce")
}
