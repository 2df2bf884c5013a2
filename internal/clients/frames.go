package clients

import (
	"net/url"
	"strings"

	"idp/internal/idp"
)

// LogoutFrames are the addresses that a browser must load for the clients in ids
// to hear of the end of a session (OpenID Connect Front-Channel Logout §2). Those
// that did not ask to hear of it there have none. sid is what a client knows the
// session as.
func (r *Registry) LogoutFrames(ids []string, issuer string, sid func(*idp.Client) string) []string {
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
		out = append(out, c.FrontchannelLogoutURI+sep+url.Values{"iss": {issuer}, "sid": {sid(c)}}.Encode())
	}
	return out
}
