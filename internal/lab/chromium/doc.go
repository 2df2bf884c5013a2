// Package chromium drives a real Chromium for tests, by its own protocol over a
// pair of pipes. It starts the browser that the environment's CHROMIUM names, or
// Debian's, and a missing one fails the test: scripts/install-test-tools installs
// it. It is test code only.
//
//	c := chromium.Start(t)                      // one process
//	tab := c.NewTab(chromium.DesktopAgent)      // cookies of its own, empty
//	tab.Open(url)                               // until the page has loaded
//	tab.Eval("document.title")
//	tab.Click("#continue")                      // as a hand would: events are trusted
//
// It refuses to know what the pages mean, and it waits for events of the browser,
// never for time.
package chromium
