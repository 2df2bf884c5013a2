package year_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/backup"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// held is the data of an older schema, and what people held then.
type held struct {
	At                       time.Time
	Session, Refresh, Access string
	file                     []byte
}

// upgraded reads the oldest data there is.
func upgraded(t *testing.T) held {
	t.Helper()
	files, err := filepath.Glob("../../backup/testdata/upgrades/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	var h held
	if err := json.Unmarshal(text, &h); err != nil {
		t.Fatal(err)
	}
	h.file, err = os.ReadFile(files[0][:len(files[0])-len(".json")] + ".gz")
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// load makes a database with the data, at its schema, and returns its address.
func (h held) load(t *testing.T, kind string) string {
	t.Helper()
	head, _, err := backup.Check(bytes.NewReader(h.file))
	if err != nil {
		t.Fatal(err)
	}
	url := testdb.Empty(t, kind)
	s, err := storage.Open(storage.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := s.Prepare(t.Context(), head.Schema, false); err != nil {
		t.Fatal(err)
	}
	_, err = s.Import(t.Context(), storage.Import{}, func(to storage.Sink) error {
		_, _, err := backup.Read(bytes.NewReader(h.file), to)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return url
}

// works wants whoever was signed in before the upgrade to be so after it.
func (h held) works(w *world) {
	w.t.Helper()
	ada := w.Browser()
	ada.SetCookie(apptest.SessionCookie, h.Session)
	if a, ok := ada.Authorize(apptest.NewRequest(web).With("prompt", "none")).Answer(); !ok || a.Code() == "" {
		w.errorf("the session of before the upgrade: %v", a)
	}
	if r := w.Refresh(web, h.Refresh, ""); r.Status != http.StatusOK {
		w.errorf("the refresh token of before the upgrade: %s", r)
	}
}
