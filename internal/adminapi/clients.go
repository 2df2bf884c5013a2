package adminapi

import (
	"time"

	"idp/internal/config"
	"idp/internal/idp"
)

// Client is an application.
type Client struct {
	ID         string         `json:"id"`
	Name       string         `json:"name"`
	Source     string         `json:"source" doc:"config, or dynamic for one that registered itself."`
	StoredAt   *time.Time     `json:"stored_at"`
	ChangedAt  *time.Time     `json:"changed_at"`
	DisabledAt *time.Time     `json:"disabled_at" doc:"Null: in use."`
	Secrets    int            `json:"secrets" doc:"How many secrets it has; what they are, nobody can tell."`
	Settings   map[string]any `json:"settings" doc:"As the database has them. Spans of time are in seconds."`
}

// ClientList is all of them.
type ClientList struct {
	Clients []Client `json:"clients"`
}

// Key is a key that signs tokens.
type Key struct {
	ID        string     `json:"id"`
	Algorithm string     `json:"algorithm"`
	State     string     `json:"state" doc:"published, active, retired, or past: not in the key set any more, and known for ID tokens that come back as hints."`
	MadeAt    *time.Time `json:"made_at"`
	SignsFrom *time.Time `json:"signs_from"`
	RetiredAt *time.Time `json:"retired_at"`
}

// KeyList is all of them.
type KeyList struct {
	Keys []Key `json:"keys"`
}

// Rotation is which keys to replace.
type Rotation struct {
	Algorithm string `json:"algorithm,omitempty" doc:"RS256, PS256, ES256 or EdDSA; all if it is left out."`
	Now       bool   `json:"now,omitempty" doc:"Sign with the new key at once: only for a key that has become known."`
}

// Rotated is how many keys sign next.
type Rotated struct {
	Made int `json:"made" doc:"Keys that were made or, with now, published before."`
}

func clientOf(r *idp.ClientRecord) (Client, error) {
	settings, err := r.Settings()
	return Client{
		r.ID, r.Name, r.Source, moment(r.CreatedAt), moment(r.UpdatedAt), moment(r.DisabledAt), len(r.SecretHashes), settings,
	}, err
}

func listClients(c *call) (any, error) {
	all, err := c.office.Clients(c.ctx)
	out := ClientList{Clients: make([]Client, len(all))}
	for i := range all {
		if err == nil {
			out.Clients[i], err = clientOf(&all[i])
		}
	}
	return out, err
}

func showClient(c *call) (any, error) {
	r, err := c.office.Client(c.ctx, c.path("client"))
	if err != nil {
		return nil, err
	}
	return clientOf(&r)
}

func removeClient(c *call) (any, error) { return nil, c.office.RemoveClient(c.ctx, c.path("client")) }

func listKeys(c *call) (any, error) {
	all, err := c.office.Signing.List(c.ctx)
	out := KeyList{Keys: make([]Key, len(all))}
	for i, k := range all {
		out.Keys[i] = Key{k.ID, string(k.Algorithm), string(k.State), moment(k.CreatedAt), moment(k.ActivateAt), moment(k.RetiredAt)}
	}
	return out, err
}

func rotateKeys(c *call) (any, error) {
	var in Rotation
	if !c.body(&in) {
		return nil, nil
	}
	next, err := c.office.Signing.Replace(c.ctx, idp.Algorithm(in.Algorithm), in.Now)
	return Rotated{len(next)}, err
}

// span reads a time span as the configuration has them, such as 7d.
func span(text string) (time.Duration, error) {
	var d config.Duration
	err := d.UnmarshalYAMLText(text)
	return d.Std(), err
}
