package clientmeta

import "strings"

// The error codes of RFC 7591 §3.2.2.
const (
	InvalidRedirectURI = "invalid_redirect_uri"
	InvalidMetadata    = "invalid_client_metadata"
)

// Fault is the first thing wrong with what an application says of itself.
type Fault struct{ Code, Description string }

func (f *Fault) Error() string { return f.Code + ": " + f.Description }

func fault(member, message string) *Fault {
	f := &Fault{Code: InvalidMetadata, Description: message}
	if member != "" {
		f.Description = member + " " + message
	}
	if strings.HasPrefix(member, "redirect_uris") {
		f.Code = InvalidRedirectURI
	}
	return f
}
