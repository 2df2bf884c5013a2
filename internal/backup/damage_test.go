package backup_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/backup"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// unzipped is a small backup as text.
func unzipped(t *testing.T) string {
	t.Helper()
	p := apptest.New(t, testdb.URL(t, "sqlite"))
	p.Browser().SignInHere("ada@example.com")
	zip, err := gzip.NewReader(bytes.NewReader(save(t, p.App.Store)))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func zipped(t *testing.T, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	zip := gzip.NewWriter(&out)
	if _, err := zip.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zip.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// A file that is not whole is refused, whatever happened to it.
func TestDamagedBackups(t *testing.T) {
	t.Parallel()
	text := unzipped(t)
	whole := zipped(t, text)
	_, trailer, err := backup.Check(bytes.NewReader(whole))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(strings.TrimSuffix(text, "\n"), "\n")
	last := len(lines) - 1
	damaged := map[string][]byte{
		"empty": nil, "not compressed": []byte(text), "no text": zipped(t, ""), "another text": zipped(t, "hello\n"), "another JSON": zipped(t, "{}\n"),
		"without its first line": zipped(t, strings.Join(lines[1:], "")), "without its last line": zipped(t, strings.Join(lines[:last], "")),
		"without a row": zipped(t, strings.Join(append(append([]string{}, lines[:last-1]...), lines[last:]...), "")),
		"a line twice":  zipped(t, strings.Join(append(append([]string{}, lines[:3]...), lines[2:]...), "")+"\n"),
		"more behind":   zipped(t, text+"[]\n"), "an address changed": zipped(t, strings.Replace(text, "ada@example.com", "eve@example.com", 1)),
		"a count changed": zipped(t, strings.Replace(text, `"users":1`, `"users":2`, 1)), "a list in a row": zipped(t, strings.Replace(text, `["`, `[["a"],"`, 1)),
		"half a number": zipped(t, strings.Replace(text, `,0,`, `,0.5,`, 1)),
	}
	for range 200 {
		cut, flip := rand.IntN(len(whole)), bytes.Clone(whole)
		damaged["cut"] = whole[:cut]
		if _, _, err := backup.Check(bytes.NewReader(damaged["cut"])); !errors.Is(err, backup.ErrDamaged) {
			t.Fatalf("cut at %d of %d: %v", cut, len(whole), err)
		}
		at := 10 + rand.IntN(len(whole)-10) // behind gzip's own head, where not all bytes mean something
		flip[at] ^= 1 << rand.IntN(8)
		// A few bits of the compressed form mean nothing.
		if _, got, err := backup.Check(bytes.NewReader(flip)); !errors.Is(err, backup.ErrDamaged) && (err != nil || got.SHA256 != trailer.SHA256) {
			t.Fatalf("a bit changed at %d of %d: %v", at, len(whole), err)
		}
	}
	for name, file := range damaged {
		if _, _, err := backup.Check(bytes.NewReader(file)); !errors.Is(err, backup.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A damaged file leaves the database that it was to replace as it was, and so does
// one of a newer release.
func TestRefusedRestoreChangesNothing(t *testing.T) {
	t.Parallel()
	text := unzipped(t)
	h, _, err := backup.Check(bytes.NewReader(zipped(t, text)))
	if err != nil {
		t.Fatal(err)
	}
	schema := fmt.Sprintf(`"schema":%d`, h.Schema)
	testdb.EachKind(t, func(t *testing.T, kind string) {
		s := testdb.Open(t, testdb.URL(t, kind))
		if err := load(t.Context(), s, zipped(t, text), storage.Import{}); err != nil {
			t.Fatal(err)
		}
		before, err := s.Sizes(t.Context())
		if err != nil || before["users"] != 1 {
			t.Fatalf("%v, %v", before, err)
		}
		for name, change := range map[string][2]string{
			"damaged": {"ada@", "eve@"}, "a newer schema": {schema, `"schema":999`}, "a newer format": {`"idp_backup":1`, `"idp_backup":2`}, "a schema without backups": {schema, `"schema":3`},
		} {
			file := zipped(t, strings.Replace(text, change[0], change[1], 1))
			if _, _, err := (backup.Restore{Replace: true, Now: time.Now()}).Into(t.Context(), s, bytes.NewReader(file)); err == nil {
				t.Errorf("%s: restored", name)
			}
		}
		after, err := s.Sizes(t.Context())
		if err != nil || after["users"] != 1 || after["epochs"] != 0 {
			t.Fatalf("%v, %v", after, err)
		}
	})
}

// A restore that is interrupted leaves what it was to replace as it was, also where the
// backup is of an older schema, whose tables come in place of the newer ones.
func TestInterruptedRestoreChangesNothing(t *testing.T) {
	t.Parallel()
	older, err := os.ReadFile("testdata/upgrades/schema-15.gz")
	if err != nil {
		t.Fatal(err)
	}
	now := zipped(t, unzipped(t))
	testdb.EachKind(t, func(t *testing.T, kind string) {
		s := testdb.Open(t, testdb.URL(t, kind))
		if err := load(t.Context(), s, now, storage.Import{}); err != nil {
			t.Fatal(err)
		}
		have, err := s.Schema(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for name, file := range map[string][]byte{"this schema": now, "an older schema": older} {
			ctx, interrupt := context.WithCancel(t.Context())
			o := backup.Restore{Replace: true, Now: time.Now(), Progress: func(string, int64) { interrupt() }}
			if _, _, err := o.Into(ctx, s, bytes.NewReader(file)); !errors.Is(err, context.Canceled) {
				t.Errorf("%s: %v", name, err)
			}
			interrupt()
			sizes, err := s.Sizes(t.Context())
			if err != nil || sizes["users"] != 1 || sizes["signing_keys"] == 0 {
				t.Errorf("%s: %v, %v", name, sizes, err)
			}
			if got, err := s.Schema(t.Context()); err != nil || got != have {
				t.Errorf("%s: the schema is %+v and was %+v, %v", name, got, have, err)
			}
		}
		// What was interrupted is done by the next.
		if _, _, err := (backup.Restore{Replace: true, Now: time.Now()}).Into(t.Context(), s, bytes.NewReader(older)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Schema(t.Context()); err != nil || got != have {
			t.Errorf("restored: the schema is %+v and was %+v, %v", got, have, err)
		}
	})
}
