package presets

import (
	"fmt"
	"net/url"
	"strings"

	"idp/internal/spelling"
)

// withPort writes the usual port into an address that names none.
func withPort(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Port() != "" {
		return address
	}
	port := map[string]string{"https": ":443", "http": ":80"}[u.Scheme]
	u.Host += port
	return u.String()
}

// unknown is the error for a key that no preset has.
func unknown(key string) error {
	keys := Keys()
	best, least := "", 1+max(2, len(key)/3)
	for _, k := range keys {
		d := spelling.Distance(strings.ToLower(key), k)
		if strings.HasPrefix(k, strings.ToLower(key)+"-") {
			d = 1
		}
		if d < least {
			best, least = k, d
		}
	}
	hint := ""
	if best != "" {
		hint = fmt.Sprintf("; did you mean %s?", best)
	}
	return fmt.Errorf("is no preset%s There are: %s", orFullStop(hint), strings.Join(keys, ", "))
}

func orFullStop(hint string) string {
	if hint == "" {
		return "."
	}
	return hint
}
