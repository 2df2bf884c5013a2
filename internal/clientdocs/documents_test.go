package clientdocs_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/clientdocs"
	"idp/internal/idp"
	"idp/internal/testdns"
)

func document(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"client_id":"https://%s%s","client_name":"App","redirect_uris":["https://app.example.com/cb"]}`, r.Host, r.URL.Path)
}

// The document's server says how long it counts, within bounds.
func TestHowLongADocumentCounts(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]time.Duration{
		"": 15 * time.Minute, "max-age=600": 10 * time.Minute, "public, Max-Age=\"600\"": 10 * time.Minute, "max-age=1": time.Minute, "max-age=0": time.Minute,
		"max-age=99999999": time.Hour, "max-age=-5": time.Minute, "no-store": time.Minute, "max-age=600, no-cache": time.Minute, "max-age=much": 15 * time.Minute,
	} {
		s := newSentinel(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Cache-Control", header); document(w, r) })
		var clock atomic.Int64
		d := s.documents(true, &clock)
		for _, step := range []struct {
			at      time.Duration
			fetches int64
		}{{0, 1}, {want - time.Second, 1}, {want, 2}} {
			clock.Store(int64(step.at / time.Second))
			if _, err := d.Client(t.Context(), s.URL+"/c"); err != nil || s.requests.Load() != step.fetches {
				t.Errorf("%q after %s: %d fetches, want %d; %v", header, step.at, s.requests.Load(), step.fetches, err)
			}
		}
	}
}

// Of callers who ask at once, one fetches; one who leaves takes nothing from the
// others.
func TestOneFetchesForAll(t *testing.T) {
	t.Parallel()
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	s := newSentinel(t, func(w http.ResponseWriter, r *http.Request) { arrived <- struct{}{}; <-release; document(w, r) })
	d := s.documents(true, &atomic.Int64{})
	leaving, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { _, err := d.Client(leaving, s.URL+"/c"); gone <- err }()
	<-arrived
	var wg sync.WaitGroup
	errs := make([]error, 32)
	for i := range errs {
		wg.Go(func() { _, errs[i] = d.Client(t.Context(), s.URL+"/c") })
	}
	leave()
	if err := <-gone; !errors.Is(err, idp.ErrUnreachable) {
		t.Errorf("who left: %v", err)
	}
	close(release)
	wg.Wait()
	if err := errors.Join(errs...); err != nil || s.requests.Load() != 1 {
		t.Errorf("%d fetches, %v", s.requests.Load(), err)
	}
}

// A flood of addresses neither grows memory nor fetches without bound, and a bad
// document costs one request a minute.
func TestFloods(t *testing.T) {
	t.Parallel()
	s := newSentinel(t, http.NotFound)
	var clock atomic.Int64
	d := s.documents(true, &clock)
	for range 50 {
		if _, err := d.Client(t.Context(), s.URL+"/bad"); !errors.Is(err, idp.ErrNotFound) {
			t.Fatal(err)
		}
	}
	if n := s.requests.Load(); n != 1 {
		t.Errorf("%d requests for one bad document", n)
	}
	clock.Store(60)
	_, _ = d.Client(t.Context(), s.URL+"/bad")
	if n := s.requests.Load(); n != 2 {
		t.Errorf("%d requests a minute later", n)
	}
	for i := range clientdocs.MaxEntries + 100 {
		_, _ = d.Client(t.Context(), fmt.Sprintf("%s/%d", s.URL, i))
	}
	if good, bad := d.Remembered(); good != 0 || bad != clientdocs.MaxEntries {
		t.Errorf("%d good and %d bad documents are remembered", good, bad)
	}
}

// Fetches are bounded, and one host has only some of their places.
func TestFetchesAreBounded(t *testing.T) {
	t.Parallel()
	var at, most atomic.Int64
	release := make(chan struct{})
	arrived := make(chan struct{}, 100)
	s := newSentinel(t, func(w http.ResponseWriter, r *http.Request) {
		if n := at.Add(1); n > most.Load() {
			most.Store(n)
		}
		defer at.Add(-1)
		arrived <- struct{}{}
		<-release
		document(w, r)
	})
	d := s.documents(true, &atomic.Int64{})
	var wg sync.WaitGroup
	slow := func(host int, path string) string {
		name := fmt.Sprintf("slow%d.example.com", host)
		testdns.Leads(name, "127.0.0.1")
		return "https://" + name + s.URL[strings.LastIndex(s.URL, ":"):] + path
	}
	for host := range clientdocs.MaxFetching / clientdocs.MaxPerHost {
		for i := range clientdocs.MaxPerHost {
			wg.Go(func() { _, _ = d.Client(t.Context(), slow(host, fmt.Sprintf("/%d", i))) })
			<-arrived
		}
		if _, err := d.Client(t.Context(), slow(host, "/more")); !errors.Is(err, idp.ErrUnreachable) {
			t.Errorf("one more at a slow host: %v", err)
		}
	}
	if _, err := d.Client(t.Context(), s.URL+"/more"); !errors.Is(err, idp.ErrUnreachable) {
		t.Errorf("one more: %v", err)
	}
	close(release)
	wg.Wait()
	if _, err := d.Client(t.Context(), s.URL+"/more"); err != nil {
		t.Errorf("afterwards: %v", err)
	}
	if most.Load() != clientdocs.MaxFetching {
		t.Errorf("%d at once", most.Load())
	}
}
