package doctor

import (
	"crypto/tls"
	"strconv"
	"strings"
)

func tlsName(s *tls.ConnectionState) string { return tls.VersionName(s.Version) }

// sizeOf reads what a server says with SIZE (RFC 1870 §3); 0 for no limit.
func sizeOf(text string) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		return 0
	}
	return n
}
