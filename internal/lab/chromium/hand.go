package chromium

import (
	"encoding/json"
	"fmt"
)

// Click moves the mouse to the middle of the first element of a selector and
// presses it. The page cannot tell it from a hand. It reports whether there is
// such an element that can be seen.
func (t *Tab) Click(selector string) bool {
	t.b.t.Helper()
	at := t.Eval(fmt.Sprintf(`(() => {
		const e = document.querySelector(%q);
		if (!e) return null;
		e.scrollIntoView({ block: 'center', behavior: 'instant' });
		const r = e.getBoundingClientRect();
		return r.width ? { x: r.x + r.width / 2, y: r.y + r.height / 2 } : null;
	})()`, selector))
	var p *struct{ X, Y float64 }
	if json.Unmarshal([]byte(at), &p) != nil || p == nil {
		return false
	}
	for _, e := range []string{"mouseMoved", "mousePressed", "mouseReleased"} {
		params := map[string]any{"type": e, "x": p.X, "y": p.Y, "button": "left", "clickCount": 1}
		if e == "mouseMoved" {
			params["button"], params["clickCount"] = "none", 0
		}
		t.call("Input.dispatchMouseEvent", params, nil)
	}
	return true
}

// Press presses keys on the keyboard, one after the other: Tab or Enter.
func (t *Tab) Press(keys ...string) {
	t.b.t.Helper()
	codes := map[string]struct {
		code int
		text string
	}{"Tab": {9, ""}, "Enter": {13, "\r"}}
	for _, key := range keys {
		for _, e := range []string{"keyDown", "keyUp"} {
			params := map[string]any{"type": e, "key": key, "code": key, "windowsVirtualKeyCode": codes[key].code}
			if e == "keyDown" && codes[key].text != "" {
				params["text"] = codes[key].text
			}
			t.call("Input.dispatchKeyEvent", params, nil)
		}
	}
}
