package account

import (
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/words"
)

// row is one thing that stands in the user's name: what, where, since when.
type row struct {
	ID              string
	Name            words.Phrase
	About           []words.Phrase
	Path            string // of an application in our addresses
	Current         bool   // the session of this browser
	Since, LastUsed time.Time
}

// sessionRows lists the sessions as they come, but the current one first.
func sessionRows(sessions []idp.Session, currentID string) []row {
	var current, others []row
	for _, s := range sessions {
		r := row{ID: s.ID, Name: words.Device(browser.Parts(s.UserAgent)), About: []words.Phrase{words.Say("account.from", "ip", s.IP)}, Since: s.AuthTime, LastUsed: s.LastSeenAt}
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
			out = append(out, row{ID: g.ClientID, Path: pathID(g.ClientID), Name: words.Plain(name), About: access(g.Scopes)})
		}
		if g.LastUsedAt.After(out[i].LastUsed) {
			out[i].LastUsed = g.LastUsedAt
		}
		out[i].Since = g.CreatedAt // grants come newest first, so the oldest stays
	}
	return out
}

// access says in words what scopes give.
func access(scopes []string) []words.Phrase {
	var out []words.Phrase
	for _, s := range scopes {
		if s == "email" || s == "profile" || s == "offline_access" {
			out = append(out, words.Say("access."+s))
		}
	}
	if len(out) == 0 {
		return []words.Phrase{words.Say("access.openid")}
	}
	return out
}
