package idp

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
)

// RegisteredPrefix begins the ids of clients that registered themselves (RFC
// 7591). No declared client has such an id.
const RegisteredPrefix = "dyn_"

// maxDocumentID bounds a client_id that is an address: it travels in every flow
// and stands in every grant.
const maxDocumentID = 400

// IsDocumentID reports whether a client_id is meant as the address of a document
// that describes the client (Client ID Metadata Document §2).
func IsDocumentID(id string) bool { return strings.Contains(id, "://") }

// ParseDocumentID reads a client_id that is an address. It must be written in
// the one way that leaves no choice, because it is compared byte by byte: https,
// a name in lower case and ASCII, no dot segments, and nothing that another
// reader might take for something else.
func ParseDocumentID(id string) (*url.URL, error) {
	if len(id) > maxDocumentID {
		return nil, fmt.Errorf("is longer than %d bytes", maxDocumentID)
	}
	for _, r := range id {
		if r <= ' ' || r >= 0x7f || strings.ContainsRune("\\\"<>^`{|}%", r) {
			return nil, errors.New("must be plain ASCII without spaces, quotes, backslashes or escapes")
		}
	}
	u, err := url.Parse(id)
	switch {
	case err != nil || u.Scheme != "https" || u.Host == "" || u.Opaque != "":
		return nil, errors.New("must be an https address")
	case u.User != nil || strings.Contains(id, "@"):
		return nil, errors.New("must not contain a user name")
	case strings.ContainsAny(id, "#?;"):
		return nil, errors.New("must not contain a fragment, query or parameters")
	case u.Path == "":
		return nil, errors.New("must have a path")
	case u.String() != id || u.Host != strings.ToLower(u.Host) || u.Port() == "443" || strings.HasSuffix(u.Host, ":") || strings.HasSuffix(u.Hostname(), "."):
		return nil, errors.New("must be written in its plainest form")
	}
	segments := strings.Split(u.Path, "/")[1:]
	if slices.Contains(segments, ".") || slices.Contains(segments, "..") || slices.Contains(segments[:len(segments)-1], "") {
		return nil, errors.New("must not have dot segments or empty ones in its path")
	}
	return u, nil
}

// DocumentHost is the host that describes the client; "" for a client that is
// registered here.
func (c *Client) DocumentHost() string {
	if u, err := url.Parse(c.ID); err == nil && u.Scheme == "https" {
		return u.Host
	}
	return ""
}

// OnThisDevice reports whether the client only ever leads to the person's own
// machine, where any program can pretend to be it (RFC 8252 §8.6).
func (c *Client) OnThisDevice() bool {
	return !slices.ContainsFunc(c.RedirectURIs, func(uri string) bool {
		u, err := url.Parse(uri)
		return err != nil || u.Scheme == "https" && !isLoopback(u.Hostname())
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
