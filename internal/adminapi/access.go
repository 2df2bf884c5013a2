package adminapi

import "time"

// Session is one browser in which a person is signed in.
type Session struct {
	ID         string     `json:"id"`
	User       string     `json:"user"`
	CreatedAt  *time.Time `json:"created_at"`
	LastSeenAt *time.Time `json:"last_seen_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	IP         string     `json:"ip"`
	UserAgent  string     `json:"user_agent"`
}

// SessionList is all of a person.
type SessionList struct {
	Sessions []Session `json:"sessions"`
}

// Ended is how many sessions ended.
type Ended struct {
	Ended int64 `json:"ended"`
}

// Grant is what one application holds for a person.
type Grant struct {
	ID         string     `json:"id"`
	Client     string     `json:"client"`
	User       string     `json:"user"`
	Session    string     `json:"session"`
	Scopes     []string   `json:"scopes"`
	Offline    bool       `json:"offline" doc:"It outlives the session."`
	CreatedAt  *time.Time `json:"created_at"`
	LastUsedAt *time.Time `json:"last_used_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
}

// GrantList is all of a person.
type GrantList struct {
	Grants []Grant `json:"grants"`
}

func listSessions(c *call) (any, error) {
	all, err := c.office.Sessions(c.ctx, c.path("user"))
	out := SessionList{Sessions: make([]Session, len(all))}
	for i, s := range all {
		out.Sessions[i] = Session{s.ID, s.UserID, moment(s.CreatedAt), moment(s.LastSeenAt), moment(s.ExpiresAt), s.IP, s.UserAgent}
	}
	return out, err
}

func endSessions(c *call) (any, error) {
	n, err := c.office.EndSessions(c.ctx, c.path("user"))
	return Ended{n}, err
}

func endSession(c *call) (any, error) { return nil, c.office.EndSession(c.ctx, c.path("session")) }

func listGrants(c *call) (any, error) {
	all, err := c.office.Grants(c.ctx, c.path("user"))
	out := GrantList{Grants: make([]Grant, len(all))}
	for i, g := range all {
		out.Grants[i] = Grant{
			g.ID, g.ClientID, g.UserID, g.SessionID, append([]string{}, g.Scopes...), g.Offline(), moment(g.CreatedAt), moment(g.LastUsedAt), moment(g.ExpiresAt),
		}
	}
	return out, err
}

func revokeGrant(c *call) (any, error) {
	_, err := c.office.RevokeGrant(c.ctx, c.path("grant"))
	return nil, err
}
