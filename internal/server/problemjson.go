package server

import (
	"encoding/json"
	"errors"
	"net/http"

	"idp/web"
)

// ProblemType begins the types of problems (RFC 9457 §3.1.1): what follows is a
// stable word.
const ProblemType = "urn:idp:problem:"

// ProblemJSON is an error for programs (RFC 9457).
type ProblemJSON struct {
	Type    string `json:"type" doc:"A name that stays: urn:idp:problem: and a word."`
	Title   string `json:"title" doc:"What happened."`
	Status  int    `json:"status" doc:"The HTTP status."`
	Detail  string `json:"detail" doc:"What to do now."`
	Request string `json:"request" doc:"The id of the request in the logs of the server."`
}

func (s *Server) failProblem(w http.ResponseWriter, p *web.Problem, request string) {
	out := ProblemJSON{Type: ProblemType + "fault", Status: p.Status, Request: request}
	if p.About != "" {
		out.Type = ProblemType + p.About
	}
	var errTitle, errText error
	out.Title, errTitle = s.cfg.Pages.English().Text(p.Heading())
	out.Detail, errText = s.cfg.Pages.English().Text(p.Says())
	body, err := json.Marshal(out)
	if errors.Join(err, errTitle, errText) != nil {
		body = []byte(`{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"","request":""}`)
		p = &web.Problem{Status: http.StatusInternalServerError}
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(p.Status)
	w.Write(body)
}
