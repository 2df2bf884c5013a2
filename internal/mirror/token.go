package mirror

import (
	"strconv"
	"strings"
	"time"

	"idp/internal/secret"
)

// Path is where the mirror stands, and Header carries the token. It is no query,
// which proxies write into their logs, and not Authorization, which some take away.
const (
	Path   = "/doctor/mirror"
	Header = "Idp-Doctor"
)

const (
	label    = "doctor-mirror"
	tokenTTL = time.Minute
	maxToken = 100
)

// Token makes a token for the mirror of issuer. now is that server's time, as the
// Date of one of its answers says: the asker's own clock may be what is wrong.
func Token(keys *secret.Keyring, issuer string, now time.Time) secret.Token {
	until := strconv.FormatInt(now.Add(tokenTTL).Unix(), 10)
	return secret.TokenOf(until + "." + keys.MAC(label, issuer, until))
}

// valid reports whether a token was made from our root secret for this issuer, not
// long ago.
func valid(keys *secret.Keyring, issuer, token string, now time.Time) bool {
	until, mac, ok := strings.Cut(token, ".")
	if !ok || len(token) > maxToken || !keys.CheckMAC(label, mac, issuer, until) {
		return false
	}
	seconds, err := strconv.ParseInt(until, 10, 64)
	left := time.Unix(seconds, 0).Sub(now)
	return err == nil && left > 0 && left <= 2*tokenTTL
}
