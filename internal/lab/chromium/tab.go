package chromium

import (
	"encoding/json"
	"fmt"
	"time"
)

// DesktopAgent is how a Chromium with a window calls itself.
const DesktopAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"

// Tab is one tab in a profile of its own.
type Tab struct {
	b                *Browser
	profile, session string
}

// NewTab opens an empty tab with no cookies. agent is what it calls itself; "" for
// the browser's own name, which says that it is headless.
func (b *Browser) NewTab(agent string) *Tab {
	b.t.Helper()
	var profile struct{ BrowserContextID string }
	b.call("", "Target.createBrowserContext", map[string]any{}, &profile)
	t := &Tab{b: b, profile: profile.BrowserContextID}
	t.session = b.attach(t.profile)
	if agent != "" {
		t.call("Network.setUserAgentOverride", map[string]any{"userAgent": agent}, nil)
	}
	return t
}

func (b *Browser) attach(profile string) string {
	b.t.Helper()
	var target struct{ TargetID string }
	b.call("", "Target.createTarget", map[string]any{"url": "about:blank", "browserContextId": profile}, &target)
	var attached struct{ SessionID string }
	b.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached)
	b.call(attached.SessionID, "Page.enable", nil, nil)
	return attached.SessionID
}

func (t *Tab) call(method string, params, result any) {
	t.b.t.Helper()
	t.b.call(t.session, method, params, result)
}

// Close forgets the tab and its profile.
func (t *Tab) Close() {
	t.b.t.Helper()
	t.b.call("", "Target.disposeBrowserContext", map[string]any{"browserContextId": t.profile}, nil)
}

// Open loads a page and returns when it and its scripts have been loaded.
func (t *Tab) Open(url string) {
	t.b.t.Helper()
	t.Loads(func() {
		t.b.t.Helper()
		var answer struct{ ErrorText string }
		t.call("Page.navigate", map[string]any{"url": url}, &answer)
		if answer.ErrorText != "" {
			t.b.t.Fatalf("Chromium opens %s: %s", url, answer.ErrorText)
		}
	})
}

// Loads does something that makes the tab go to a page, and returns when that has
// loaded.
func (t *Tab) Loads(act func()) {
	t.b.t.Helper()
	loaded := t.b.wire.next(t.session, "Page.loadEventFired")
	act()
	select {
	case <-loaded:
	case <-time.After(patience):
		t.b.t.Fatalf("nothing loads; the page is %s", t.Eval("location.href"))
	}
}

// Eval runs a script in the page and returns its value as JSON; a promise is
// waited for. A page that goes away meanwhile ends it, with "".
func (t *Tab) Eval(script string) string {
	t.b.t.Helper()
	var answer struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails *struct{ Text string }
	}
	err := t.b.wire.send(t.session, "Runtime.evaluate", map[string]any{"expression": script, "awaitPromise": true, "returnByValue": true}, &answer)
	if err != nil {
		return "" // the page went away under it: that is what forms do
	}
	if answer.ExceptionDetails != nil {
		t.b.t.Fatalf("script: %s: %s", script, answer.ExceptionDetails.Text)
	}
	return string(answer.Result.Value)
}

// Stay lets the page run for a while.
func (t *Tab) Stay(d time.Duration) {
	t.b.t.Helper()
	t.Eval(fmt.Sprintf("new Promise((done) => setTimeout(() => done(true), %d))", d.Milliseconds()))
}

// Cookies returns the profile's cookies by name.
func (t *Tab) Cookies() map[string]string {
	t.b.t.Helper()
	var answer struct {
		Cookies []struct{ Name, Value string }
	}
	t.b.call("", "Storage.getCookies", map[string]any{"browserContextId": t.profile}, &answer)
	out := map[string]string{}
	for _, c := range answer.Cookies {
		out[c.Name] = c.Value
	}
	return out
}
