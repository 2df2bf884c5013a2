package adminapi

import "time"

// Configuration is which one is in force at the process that answers.
type Configuration struct {
	Followed bool       `json:"followed" doc:"Whether changes of the files are noticed."`
	Since    *time.Time `json:"since"`
	Hash     string     `json:"hash" doc:"Equal on replicas whose files are."`
	TriedAt  *time.Time `json:"tried_at" doc:"When the last change was tried."`
	Fault    string     `json:"fault" doc:"Why the last attempt changed nothing."`
	Pending  bool       `json:"pending" doc:"The files say something else than what is in force."`
	Restart  []string   `json:"restart" doc:"Settings of the last attempt that only a restart changes."`
	Reloads  int        `json:"reloads"`
	Failures int        `json:"failures"`
}

// Health is how the process is that answers.
type Health struct {
	Ready bool   `json:"ready" doc:"False if requests are better sent elsewhere."`
	Parts []Part `json:"parts"`
}

// Part is one thing that requests need.
type Part struct {
	Name   string `json:"name"`
	State  string `json:"state" doc:"ok, degraded or down."`
	Detail string `json:"detail"`
}

func showConfiguration(c *call) (any, error) {
	s := c.office.Configuration()
	return Configuration{
		Followed: s.Followed, Since: moment(s.Since), Hash: s.Hash, TriedAt: moment(s.Tried), Fault: s.Fault, Pending: s.Pending,
		Restart: append([]string{}, s.Restart...), Reloads: s.Reloads, Failures: s.Failures,
	}, nil
}

func showHealth(c *call) (any, error) {
	out := Health{Ready: true, Parts: []Part{}}
	for _, p := range c.office.Health(c.ctx) {
		out.Ready = out.Ready && p.State != "down"
		out.Parts = append(out.Parts, Part(p))
	}
	return out, nil
}
