package web

import "idp/internal/markup"

// SignedOut is the page after a sign-out that applications must hear of in the
// browser: it loads frames and then goes on to next, an address that the
// application registered, or stays if that is "". app is that application's name.
func SignedOut(frames []string, next, app string) Page {
	data := map[string]any{"Frames": frames, "App": app}
	if next != "" {
		// The address is registered, so the template may use a scheme of its own.
		data["Next"] = markup.URL(next)
	}
	return Page{Name: "signed_out", Frames: frames, Data: data}
}
