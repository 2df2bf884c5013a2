package backup_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/backup"
	"idp/internal/storage"
	"idp/internal/testdb"
	"idp/migrations"
)

// write makes the data of the present schema anew:
//
//	scripts/with-postgres go test ./internal/backup -run TestUpgrades -write
//
// That is done once for each release, and its files are never made again.
var write = flag.Bool("write", false, "write testdata/upgrades for the present schema")

// held is what people held when the data of a schema was written, beside the data.
type held struct {
	At                       time.Time
	Session, Refresh, Access string
	Browser, Wait, Code      string // of a sign-in under way
}

const upgrades = "testdata/upgrades"

func newHeld(t *testing.T, p *apptest.Provider) held {
	t.Helper()
	h := fill(t, p)
	return held{
		At: p.Clock.Now(), Session: h.session, Refresh: h.tokens.Refresh(), Access: h.tokens.Access(),
		Browser: h.asked, Wait: h.wait, Code: h.mail.Code,
	}
}

// writeUpgrade writes the data of real sign-ins at the present schema.
func writeUpgrade(t *testing.T) {
	t.Helper()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	h := newHeld(t, p)
	v, err := p.App.Store.Schema(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.MarshalIndent(h, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(upgrades, fmt.Sprintf("schema-%d", v.Have))
	for suffix, content := range map[string][]byte{".gz": save(t, p.App.Store), ".json": append(text, '\n')} {
		if err := os.WriteFile(name+suffix, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// works uses what was held before an upgrade.
func (h held) works(t *testing.T, database string) {
	t.Helper()
	p := apptest.New(t, database, apptest.At(h.At))
	ada := p.Browser()
	ada.SetCookie(apptest.SessionCookie, h.Session)
	if a, ok := ada.Authorize(apptest.NewRequest(apptest.Web).With("prompt", "none")).Answer(); !ok || a.Code() == "" {
		t.Errorf("the session is lost: %v", a)
	}
	if r := p.Get("/userinfo", h.Access); r.Status != http.StatusOK || r.Text("email") != "ada@example.com" {
		t.Errorf("the access token is lost: %s", r)
	}
	r := p.Refresh(apptest.Web, h.Refresh, "")
	if r.Status != http.StatusOK {
		t.Fatalf("the refresh token is lost: %s", r)
	}
	if r := p.Refresh(apptest.Web, r.Refresh(), ""); r.Status != http.StatusOK {
		t.Errorf("the next refresh token is lost: %s", r)
	}
	bob := p.Browser()
	bob.SetCookie(apptest.BrowserCookie, h.Browser)
	if page := bob.EnterCode(bob.Open(h.Wait), h.Code); page.URL.Path != "/account" {
		t.Errorf("the sign-in under way is lost: %s", page)
	}
	again := p.Browser().Tokens(apptest.Offline(apptest.Web), "ada@example.com")
	if apptest.Claims(t, again.ID())["sub"] != apptest.Claims(t, r.ID())["sub"] {
		t.Error("who signs in again is somebody else")
	}
}

// From the data of every release to the present schema, on both databases: whoever
// was signed in stays so.
func TestUpgradesFromEveryRelease(t *testing.T) {
	if *write {
		writeUpgrade(t)
	}
	files, err := filepath.Glob(upgrades + "/*.gz")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(name[:len(name)-len(".gz")] + ".json")
			if err != nil {
				t.Fatal(err)
			}
			var h held
			if err := json.Unmarshal(text, &h); err != nil {
				t.Fatal(err)
			}
			head, _, err := backup.Check(bytes.NewReader(file))
			if err != nil {
				t.Fatal(err)
			}
			testdb.EachKind(t, func(t *testing.T, kind string) {
				url := testdb.Empty(t, kind)
				s := testdb.Open(t, url)
				if err := s.Prepare(t.Context(), head.Schema, false); err != nil {
					t.Fatal(err)
				}
				if err := load(t.Context(), s, file, storage.Import{}); err != nil {
					t.Fatal(err)
				}
				h.works(t, url) // its start migrates
			})
		})
	}
}

// older gives a sink only what an older schema has room for.
type older struct {
	storage.Sink
	t    *testing.T
	url  string
	keep []int
}

func (o *older) Table(name string, columns []string) error {
	o.keep = nil
	have := testdb.Columns(o.t, o.url, name)
	var kept []string
	for i, c := range columns {
		if slices.Contains(have, c) {
			o.keep, kept = append(o.keep, i), append(kept, c)
		}
	}
	if len(kept) == 0 || name == "counters" && len(kept) < len(columns) { // they were of another kind before
		o.keep = nil
		return nil
	}
	return o.Sink.Table(name, kept)
}

func (o *older) Row(values []any) error {
	if o.keep == nil {
		return nil
	}
	kept := make([]any, len(o.keep))
	for i, k := range o.keep {
		kept[i] = values[k]
	}
	return o.Sink.Row(kept)
}

// From every step that the schema ever had: none of them loses a row that the ones
// before it could hold.
func TestUpgradesFromEveryStep(t *testing.T) {
	t.Parallel()
	source := apptest.New(t, testdb.URL(t, "sqlite"))
	h := newHeld(t, source)
	file := save(t, source.App.Store)
	steps, err := migrations.Steps()
	if err != nil {
		t.Fatal(err)
	}
	for _, st := range steps {
		t.Run(st.Name, func(t *testing.T) {
			t.Parallel()
			testdb.EachKind(t, func(t *testing.T, kind string) {
				url := testdb.Empty(t, kind)
				s := testdb.Open(t, url)
				if err := s.Prepare(t.Context(), st.Version, false); err != nil {
					t.Fatal(err)
				}
				_, err := s.Import(context.Background(), storage.Import{}, func(to storage.Sink) error {
					_, _, err := backup.Read(bytes.NewReader(file), &older{Sink: to, t: t, url: url})
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
				h.works(t, url)
			})
		})
	}
}
