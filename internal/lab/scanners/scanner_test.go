package scanners_test

import (
	"database/sql"
	"net/http"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/lab/chromium"
)

// scanner is one run of a profile over one letter.
type scanner struct {
	t        *testing.T
	p        *apptest.Provider
	chromium *chromium.Browser
	jars     []*apptest.Browser
	tabs     []*chromium.Tab
}

// jar is an HTTP client with the name of a browser and cookies of its own.
func (s *scanner) jar() *apptest.Browser {
	b := s.p.Browser()
	s.jars = append(s.jars, b)
	return b
}

func (s *scanner) tab(agent string) *chromium.Tab {
	t := s.chromium.NewTab(agent)
	s.tabs = append(s.tabs, t)
	return t
}

// pause lets time pass for the provider.
func (s *scanner) pause(d time.Duration) { s.p.Clock.Advance(d) }

// stay lets a page run, and time pass for the provider too.
func (s *scanner) stay(tab *chromium.Tab, d time.Duration) {
	tab.Stay(d)
	s.pause(d)
}

// sessions counts the browsers of the scanner that are signed in, and closes them.
func (s *scanner) sessions() (n int) {
	for _, tab := range s.tabs {
		if sid := tab.Cookies()[apptest.SessionCookie]; sid != "" {
			b := s.p.Browser()
			b.SetCookie(apptest.SessionCookie, sid)
			s.jars = append(s.jars, b)
		}
		tab.Close()
	}
	for _, b := range s.jars {
		if b.Get("/account").Status == http.StatusOK {
			n++
		}
	}
	return n
}

// stored counts the live sessions of an address, whoever holds them.
func stored(t *testing.T, p *apptest.Provider, email string) (n int) {
	t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(p.Database, "sqlite:"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	err = db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM sessions s JOIN users u ON u.id = s.user_id WHERE u.email = ? AND s.revoked_at = 0`, email).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
