package config

import (
	"fmt"
	"net/url"
	"os"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

// checkDatabaseURL tells a URL that cannot be used where it is named. What it says
// about the URL is fixed: the driver's own words repeat parts of it.
func (v *validator) checkDatabaseURL() {
	where := v.config.Database.URL
	text := where.Token().Reveal()
	const path = "database.url"
	switch {
	case text == "":
	case strings.HasPrefix(text, "sqlite:"):
		if text == "sqlite:" || text == "sqlite::memory:" {
			v.fail(path, "%s must hold a file's path behind sqlite:", where.ref)
		}
	case !strings.HasPrefix(text, "postgres://"):
		v.fail(path, "%s must hold postgres://… or sqlite:/path/to/idp.db", where.ref)
	case rawPassword(text):
		v.fail(path, "%s holds no valid PostgreSQL URL: percent-encode what is neither letter nor digit in its password: a blank is %%20, # is %%23, / is %%2F, %% is %%25", where.ref)
	case strings.ContainsAny(text, "\r\n"):
		v.fail(path, "%s holds more than one line", where.ref)
	default:
		if _, err := pgxpool.ParseConfig(text); err != nil { // as storage does
			if named := unreadable(text); named != nil {
				v.fail(path, "%s names what cannot be read: %v", where.ref, named)
				return
			}
			v.fail(path, "%s holds no valid PostgreSQL URL: look at its port, and at what stands behind the question mark, such as sslmode", where.ref)
		}
	}
}

// unreadable is why a file of TLS that a URL names cannot be used; nil if that is not it.
func unreadable(text string) error {
	u, err := url.Parse(text)
	if err != nil {
		return nil //nolint:nilerr // it names none
	}
	for _, key := range []string{"sslrootcert", "sslcert", "sslkey"} {
		if file := u.Query().Get(key); file != "" && file != "system" {
			if _, err := os.ReadFile(file); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
	}
	return nil
}

// rawPassword reports whether what stands before the host has a sign that it can have
// only percent-encoded. A slash ends it early: what is left of a password is then taken
// for a port, and the rest for a database. The driver itself takes a # or a question mark.
func rawPassword(text string) bool {
	authority, behind, _ := strings.Cut(strings.TrimPrefix(text, "postgres://"), "/")
	at := strings.LastIndex(authority, "@")
	if at < 0 {
		cut, _, found := strings.Cut(behind, "@")
		return found && !strings.Contains(cut, "=") // a parameter may have an @
	}
	_, err := url.PathUnescape(authority[:at])
	return err != nil || strings.ContainsAny(authority[:at], " \t")
}
