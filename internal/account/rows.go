package account

import (
	"context"
	"slices"
	"time"

	"idp/internal/browser"
	"idp/internal/idp"
	"idp/internal/words"
)

// row is one thing that stands in the user's name: what, where, since when.
type row struct {
	ID       string
	Name     words.Phrase
	About    []words.Phrase
	Path     string // of an application in our addresses
	Current  bool   // the session of this browser
	Since    time.Time
	LastUsed time.Time // zero where nobody wrote it down
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

// apps lists the applications that have access, and behind them those that get it
// without a question the next time: both can be taken away.
func (h *Handlers) apps(ctx context.Context, userID string) ([]row, error) {
	grants, err := h.Store.UserGrants(ctx, userID, h.Now())
	if err != nil {
		return nil, err
	}
	consents, err := h.Store.UserConsents(ctx, userID)
	if err != nil {
		return nil, err
	}
	out := h.appRows(grants)
	for _, a := range consents {
		c := h.Clients.Client(a.ClientID)
		if c == nil || c.Consent != idp.ConsentOnce || slices.ContainsFunc(out, func(r row) bool { return r.ID == a.ClientID }) {
			continue
		}
		r := h.appRow(a.ClientID, a.Scopes)
		r.Since = a.GrantedAt
		out = append(out, r)
	}
	return out, nil
}

// appRows folds the grants into one row per application, the newest first.
func (h *Handlers) appRows(grants []idp.Grant) []row {
	var out []row
	at := map[string]int{}
	for _, g := range grants {
		i, seen := at[g.ClientID]
		if !seen {
			i = len(out)
			at[g.ClientID] = i
			out = append(out, h.appRow(g.ClientID, g.Scopes))
		}
		if g.LastUsedAt.After(out[i].LastUsed) {
			out[i].LastUsed = g.LastUsedAt
		}
		out[i].Since = g.CreatedAt // grants come newest first, so the oldest stays
	}
	return out
}

func (h *Handlers) appRow(clientID string, scopes []string) row {
	name := clientID
	if c := h.Clients.Client(clientID); c != nil {
		name = c.Name
	}
	return row{ID: clientID, Path: pathID(clientID), Name: words.Plain(name), About: access(scopes)}
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
