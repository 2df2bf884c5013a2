package clients

import (
	"net/url"
	"strings"
)

// LogoutFrames are the addresses that a browser must load for the clients in ids
// to hear of the end of a session (OpenID Connect Front-Channel Logout §2). Those
// that did not ask to hear of it there have none.
func (r *Registry) LogoutFrames(ids []string, issuer, sessionID string) []string {
	query := url.Values{"iss": {issuer}, "sid": {sessionID}}.Encode()
	var out []string
	for _, id := range ids {
		c := r.Client(id)
		if c == nil || c.FrontchannelLogoutURI == "" {
			continue
		}
		sep := "?"
		if strings.Contains(c.FrontchannelLogoutURI, "?") {
			sep = "&"
		}
		out = append(out, c.FrontchannelLogoutURI+sep+query)
	}
	return out
}
