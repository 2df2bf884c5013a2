package scanners_test

import (
	"sync"
	"time"

	"idp/internal/apptest"
	"idp/internal/lab/chromium"
)

// The profiles that are a Chromium. Each opens the link and "this was not me", with
// cookies of its own for each.

// button is the one button of either page.
const button = "#use-link, #not-me"

// opened does something with a fresh tab of each page.
func opened(agent string, act func(s *scanner, tab *chromium.Tab)) func(*scanner, apptest.Mail) {
	return func(s *scanner, m apptest.Mail) {
		for _, at := range []string{m.Link, m.NotMe} {
			tab := s.tab(agent)
			tab.Open(at)
			act(s, tab)
		}
	}
}

func nothing(*scanner, *chromium.Tab) {}

func runScripts(s *scanner, m apptest.Mail) {
	tabs := []*chromium.Tab{s.tab(""), s.tab("")}
	tabs[0].Open(m.Link)
	tabs[1].Open(m.NotMe)
	s.stay(tabs[1], 5*time.Second) // the other one runs meanwhile
}

func byScript(s *scanner, tab *chromium.Tab) {
	if tab.Eval(`document.querySelectorAll('button').length > 0`) != "true" {
		return
	}
	s.sent(tab, func() { tab.Eval(`document.querySelectorAll('button').forEach((b) => b.click())`) })
}

func requestSubmit(s *scanner, tab *chromium.Tab) {
	s.sent(tab, func() { tab.Eval(`document.querySelectorAll('form').forEach((f) => f.requestSubmit())`) })
}

func byMouse(s *scanner, tab *chromium.Tab) {
	s.sent(tab, func() {
		if !tab.Click(button) {
			s.t.Error("there is no button to click")
		}
	})
	tab.Click(button) // on the page that came of it, if it has one
}

func byMouseLater(s *scanner, tab *chromium.Tab) {
	s.stay(tab, 2*time.Second)
	byMouse(s, tab)
}

func byKeyboard(s *scanner, tab *chromium.Tab) {
	for range 20 {
		tab.Press("Tab")
		if tab.Eval(`document.activeElement.matches('`+button+`')`) == "true" {
			break
		}
	}
	s.sent(tab, func() { tab.Press("Enter") })
	tab.Press("Tab", "Enter")
}

// together is three at once: one loads, one clicks, one submits.
func together(s *scanner, m apptest.Mail) {
	for _, at := range []string{m.Link, m.NotMe} {
		var all sync.WaitGroup
		for _, act := range []func(*scanner, *chromium.Tab){nothing, byScript, requestSubmit, byMouse} {
			tab := s.tab("")
			all.Go(func() {
				tab.Open(at)
				act(s, tab)
			})
		}
		all.Wait()
	}
}

func notMeOnly(s *scanner, m apptest.Mail) {
	tab := s.tab(chromium.DesktopAgent)
	tab.Open(m.NotMe)
	byMouseLater(s, tab)
}

// sent does what sends a form and waits until its answer has loaded.
func (s *scanner) sent(tab *chromium.Tab, act func()) {
	s.t.Helper()
	tab.Loads(act)
}
