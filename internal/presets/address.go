package presets

import (
	"fmt"
	"net/url"
	"strings"
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
		d := distance(strings.ToLower(key), k)
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

// distance is Levenshtein's.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			diagonal, row[j] = row[j], min(row[j]+1, row[j-1]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
