package adminapi

import (
	"errors"
	"net/netip"
	"time"

	"idp/internal/admin"
	"idp/internal/config"
)

// Invitation is who is invited, and to what.
type Invitation struct {
	Email  string `json:"email"`
	Client string `json:"client,omitempty" doc:"The application to lead on to."`
	TTL    string `json:"ttl,omitempty" doc:"How long the link works, 1m to 30d; 7d if it is left out."`
	Locale string `json:"locale,omitempty" doc:"The language of the letter."`
}

// Invited is what became of it. The link is in the letter, and nowhere else.
type Invited struct {
	Email    string     `json:"email"`
	EndsAt   *time.Time `json:"ends_at"`
	Provider string     `json:"provider" doc:"The mail provider that took the letter."`
}

// Limit is a budget.
type Limit struct {
	Limit  string     `json:"limit" doc:"Its name, as in the configuration."`
	Of     string     `json:"of" doc:"Whose it is: the installation's, an address's, a network's."`
	Max    int        `json:"max"`
	Window string     `json:"window"`
	Used   *int       `json:"used" doc:"Null: whose is not given."`
	EndsAt *time.Time `json:"ends_at"`
}

// LimitList is all of them.
type LimitList struct {
	Limits []Limit `json:"limits"`
}

// Letter is one that is still to be sent.
type Letter struct {
	ID        string     `json:"id"`
	Kind      string     `json:"kind"`
	Recipient string     `json:"recipient"`
	Client    string     `json:"client"`
	Locale    string     `json:"locale"`
	State     string     `json:"state" doc:"queued, sending or deferred."`
	Tries     int        `json:"tries"`
	AskedAt   *time.Time `json:"asked_at"`
	NextAt    *time.Time `json:"next_at"`
	ExpiresAt *time.Time `json:"expires_at" doc:"Later it is not worth sending."`
	Server    string     `json:"server" doc:"Who was asked last."`
	Reason    string     `json:"reason"`
	Reply     string     `json:"reply"`
}

// MailQueue is the letters that wait.
type MailQueue struct {
	Waiting int        `json:"waiting"`
	Oldest  *time.Time `json:"oldest"`
	Letters []Letter   `json:"letters" doc:"Those that wait longest. An administrator sees to whom they go."`
}

func invite(c *call) (any, error) {
	var in Invitation
	if !c.body(&in) {
		return nil, nil
	}
	who := admin.Invitee{Email: in.Email, ClientID: in.Client, Locale: in.Locale, TTL: admin.UsualInvitation}
	if in.TTL != "" {
		var err error
		if who.TTL, err = span(in.TTL); err != nil {
			return badLife(c)
		}
	}
	ends, provider, err := c.office.SendInvitation(c.ctx, who)
	if errors.Is(err, admin.ErrLife) {
		return badLife(c)
	}
	return Invited{in.Email, moment(ends), provider}, err
}

func badLife(c *call) (any, error) {
	c.badly("ttl is not a time that a link can work for", "Write it like 12h or 7d, from 1m to 30d.")
	return nil, nil
}

func showLimits(c *call) (any, error) {
	email, ip := c.query("address"), c.query("network")
	if email != "" {
		var err error
		if email, err = c.office.ParseAddress(email); err != nil {
			return nil, err
		}
	}
	if _, err := netip.ParseAddr(ip); ip != "" && err != nil {
		c.badly("network is not an IP address", "Write it like 192.0.2.7 or 2001:db8::7.")
		return nil, nil
	}
	uses, err := c.office.Limits(c.ctx, email, ip)
	out := LimitList{Limits: make([]Limit, len(uses))}
	for i, u := range uses {
		out.Limits[i] = Limit{Limit: u.Limit, Of: u.Of, Max: u.Max, Window: config.Duration(u.Window).String(), EndsAt: moment(u.Ends)}
		if u.Used >= 0 {
			out.Limits[i].Used = &u.Used
		}
	}
	return out, err
}

func showMail(c *call) (any, error) {
	limit := c.limit()
	if c.fault != nil {
		return nil, nil
	}
	n, oldest, err := c.office.Mail.WaitingLetters(c.ctx, c.now())
	if err != nil {
		return nil, err
	}
	all, err := c.office.Mail.QueuedLetters(c.ctx, limit, c.now())
	out := MailQueue{Waiting: n, Oldest: moment(oldest), Letters: make([]Letter, len(all))}
	for i, l := range all {
		out.Letters[i] = Letter{
			ID: l.ID, Kind: string(l.Template), Recipient: l.Recipient, Client: l.ClientID, Locale: l.Locale, State: string(l.State), Tries: l.Tries,
			AskedAt: moment(l.AskedAt), NextAt: moment(l.NextAt), ExpiresAt: moment(l.ExpiresAt), Server: l.Server, Reason: string(l.Reason), Reply: l.Reply,
		}
	}
	return out, err
}
