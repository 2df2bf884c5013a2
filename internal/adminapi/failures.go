package adminapi

import "time"

// Failure is a refused request, and what to change.
type Failure struct {
	At         *time.Time `json:"at"`
	Client     string     `json:"client"`
	Request    string     `json:"request"`
	Kind       string     `json:"kind"`
	Answer     string     `json:"answer" doc:"The OAuth error that the application got."`
	Route      string     `json:"route"`
	What       string     `json:"what"`
	Seen       string     `json:"seen"`
	Configured string     `json:"configured"`
	Change     string     `json:"change" doc:"What to do."`
	Setting    string     `json:"setting" doc:"The YAML path."`
	Where      string     `json:"where" doc:"Its file and line."`
	Fixed      bool       `json:"fixed" doc:"The configuration accepts it by now."`
}

// FailureList is the last ones.
type FailureList struct {
	Failures []Failure `json:"failures"`
}

func listFailures(c *call) (any, error) {
	limit := c.limit()
	if c.fault != nil {
		return nil, nil
	}
	all, err := c.office.Failures(c.ctx, c.query("client"), c.query("request"), limit)
	out := FailureList{Failures: make([]Failure, len(all))}
	for i, f := range all {
		out.Failures[i] = Failure{
			moment(f.At), f.Client, f.Request, string(f.Kind), f.Answer, f.Route, f.What, f.Seen, f.Configured, f.Change, f.Setting, f.Where, f.Fixed,
		}
	}
	return out, err
}
