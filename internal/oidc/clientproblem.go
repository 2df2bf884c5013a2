package oidc

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/web"
)

// whatIsFetched is all that a page says of a document that did not come.
const whatIsFetched = "its document must come from the public internet within seconds, with status 200, as application/json, of at most 10 KiB"

// unfetched reports whether the document of a client did not come: for whatever
// reason, because that would let a stranger look around in our network.
func unfetched(err error) bool {
	var refused interface{ Public() string }
	return errors.Is(err, idp.ErrUnreachable) || errors.As(err, &refused) && refused.Public() == ""
}

// unknownClient is the page for a client that cannot be found. It repeats what is
// wrong with a metadata document, for its owner, and nothing of how our own
// request for it went.
func unknownClient(id string, err error) error {
	details := []web.Detail{{Label: "client_id sent", Value: clip(id)}}
	switch {
	case unfetched(err):
		return &web.Problem{
			Status: http.StatusServiceUnavailable, About: "client_silent",
			Details: append(details, web.Detail{Label: "because", Value: whatIsFetched}), Cause: err,
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
