package app_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/app"
	"idp/internal/apptest"
	"idp/internal/testdb"
)

// A reload with each of the broken files changes nothing, says why, and the good
// file is in force again afterwards.
func TestReloadOfBrokenFiles(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("../config/testdata/broken/*.yaml")
	if err != nil || len(files) < 150 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	f := newFollowed(t, testdb.URL(t, "sqlite"))
	must(t, os.CopyFS(f.path("parts"), os.DirFS("../config/testdata/broken/parts")))
	before := f.until("start", func(s app.ReloadState) bool { return s.Hash != "" })
	running := f.app.Current()
	for i, file := range files {
		raw, err := os.ReadFile(file)
		must(t, err)
		f.write("idp.yaml", string(raw))
		f.now <- struct{}{}
		_, want, _ := strings.Cut(strings.SplitN(string(raw), "\n", 2)[0], ": ")
		want = strings.ReplaceAll(want, filepath.Base(file), "idp.yaml")
		s := f.until(file+": "+want, func(s app.ReloadState) bool { return strings.Contains(strings.ReplaceAll(s.Err, f.dir+"/", ""), want) })
		if !s.Pending || s.Reloads != 0 || s.At != before.At || s.Hash != before.Hash || f.app.Current() != running {
			t.Fatalf("%s: %+v", file, s)
		}
		if strings.Contains(s.Err, "hunter2") {
			t.Errorf("%s: the state shows a secret: %s", file, s.Err)
		}
		if i%20 == 0 { // the old state is still served
			if page := f.Browser().Open(apptest.NewRequest(apptest.Web).Path()); page.Status != 200 {
				t.Fatalf("%s: %s", file, page)
			}
		}
	}
	f.works(apptest.Web, "ada@example.com")
	f.write("idp.yaml", f.base+f.clients(apptest.Web, apptest.Other))
	f.reloaded(0)
	f.works(apptest.Other, "ada@example.com")
}
