package account

import (
	"strings"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
)

// row is one thing that stands in the user's name: what, where, since when.
type row struct {
	ID, Name, About string
	Path            string // of an application in our addresses
	Current         bool   // the session of this browser
	Since, LastUsed time.Time
}

// sessionRows lists the sessions as they come, but the current one first.
func sessionRows(sessions []idp.Session, currentID string) []row {
	var current, others []row
	for _, s := range sessions {
		r := row{ID: s.ID, Name: browser.Device(s.UserAgent), About: "from " + s.IP, Since: s.AuthTime, LastUsed: s.LastSeenAt}
		if r.Current = s.ID == currentID; r.Current {
			current = append(current, r)
		} else {
			others = append(others, r)
		}
	}
	return append(current, others...)
}

// appRows folds the grants into one row per application, the newest first.
func (h *Handlers) appRows(grants []idp.Grant) []row {
	var out []row
	at := map[string]int{}
	for _, g := range grants {
		i, seen := at[g.ClientID]
		if !seen {
			name := g.ClientID
			if c := h.Clients.Client(g.ClientID); c != nil {
				name = c.Name
			}
			i = len(out)
			at[g.ClientID] = i
			out = append(out, row{ID: g.ClientID, Path: pathID(g.ClientID), Name: name, About: access(g.Scopes)})
		}
		if g.LastUsedAt.After(out[i].LastUsed) {
			out[i].LastUsed = g.LastUsedAt
		}
		out[i].Since = g.CreatedAt // grants come newest first, so the oldest stays
	}
	return out
}

// access says in words what scopes give.
func access(scopes []string) string {
	words := map[string]string{"email": "your address", "profile": "your name and language", "offline_access": "stays connected"}
	var out []string
	for _, s := range scopes {
		if w, ok := words[s]; ok {
			out = append(out, w)
		}
	}
	if len(out) == 0 {
		return "knows that it is you"
	}
	return strings.Join(out, ", ")
}
