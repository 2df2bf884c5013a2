package scanners_test

import (
	"net/http"
	"net/url"
	"regexp"
	"sync"
	"time"

	"idp/internal/apptest"
)

// The profiles that speak HTTP and run no script. All of them call themselves a
// browser, so that nothing but what they do gives them away.

func head(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		b := s.jar()
		b.Do(b.NewRequest(http.MethodHead, at, nil))
	}
}

func get(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		s.jar().Get(at)
	}
}

func burst(s *scanner, m apptest.Mail) {
	var all sync.WaitGroup
	for range 10 {
		for _, at := range []string{m.Link, m.NotMe} {
			b := s.jar()
			all.Go(func() { b.Get(at) })
		}
	}
	all.Wait()
}

func prefetch(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		for header, value := range map[string]string{
			"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch", "X-Moz": "prefetch", "X-Purpose": "preview",
			"Sec-Fetch-Dest": "empty", "Sec-Speculation-Tags": "null",
		} {
			b := s.jar()
			req := b.NewRequest(http.MethodGet, at, nil)
			req.Header.Set(header, value)
			b.Do(req)
		}
	}
}

// links follows everything that a page refers to, at the provider.
func links(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		b := s.jar()
		for _, attrs := range b.Open(at).Elements {
			for _, ref := range []string{attrs["href"], attrs["src"], attrs["action"]} {
				if u, err := url.Parse(ref); ref != "" && err == nil && u.Host == "" {
					b.Get(ref)
				}
			}
		}
	}
}

// submit sends every form of a page with all that is in it.
func submit(from, by *apptest.Browser, at string, before func()) {
	page := from.Open(at)
	for _, f := range page.Forms() {
		before()
		by.Follow(by.Post(f.Action, f.Values))
	}
}

func atOnce() {}

func forms(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		submit(s.jar(), s.jar(), at, atOnce) // the second has no cookies yet
	}
}

func formsWithCookies(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		b := s.jar()
		for range 2 { // the page that comes back is submitted too
			submit(b, b, at, atOnce)
		}
	}
}

func post(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		s.jar().Post(at, nil)
		s.jar().Post(at, url.Values{"nonce": {""}, "gesture": {"seen"}, "tabs": {"1"}})
	}
}

func postLater(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		b := s.jar()
		submit(b, b, at, func() { s.pause(5 * time.Second) })
	}
}

var urls = regexp.MustCompile(`https?://[^\s"<>]+`)

// everything opens each address that stands in any part of the mail, in Chromium,
// and presses by script what it finds.
func everything(s *scanner, m apptest.Mail) {
	seen := map[string]bool{}
	for _, at := range urls.FindAllString(m.Text+" "+m.HTML, -1) {
		u, err := url.Parse(at)
		if err != nil || seen[at] || "http://"+u.Host != s.p.URL {
			continue
		}
		seen[at] = true
		tab := s.tab("")
		tab.Open(at)
		byScript(s, tab)
	}
	if len(seen) < 2 {
		s.t.Errorf("the mail has %d addresses", len(seen))
	}
}
