package oidc

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/web"
)

// unknownClient is the page for a client that cannot be found. It repeats what is
// wrong with a metadata document, for its owner, and nothing of how our own
// request for it went, which would let a stranger look around in our network.
func unknownClient(id string, err error) error {
	details := []web.Detail{{Label: "client_id sent", Value: clip(id)}}
	switch {
	case errors.Is(err, idp.ErrUnreachable):
		return &web.Problem{
			Status: http.StatusServiceUnavailable, About: "client_silent",
			Details: details, Cause: err,
		}
	case !errors.Is(err, idp.ErrNotFound):
		return err
	}
	p := &web.Problem{
		Status: http.StatusBadRequest, About: "client_unknown",
		Details: details, Cause: err,
	}
	var refused interface{ Public() string }
	if errors.As(err, &refused) {
		p.About = "client_refused"
		p.Details = append(p.Details, web.Detail{Label: "because", Value: clip(refused.Public())})
	}
	return p
}
