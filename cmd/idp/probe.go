package main

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/url"
)

// probe is the HTTP client of the health check. The certificate is for the
// issuer's name, so it says nothing about a process that is asked under the
// machine's own address, and nobody is in between there: it is checked for all
// other addresses only.
func probe(target *url.URL) *http.Client {
	ip := net.ParseIP(target.Hostname())
	own := target.Hostname() == "localhost" || ip != nil && ip.IsLoopback()
	return &http.Client{Transport: &http.Transport{
		DisableKeepAlives: true,
		TLSClientConfig:   &tls.Config{InsecureSkipVerify: own}, //nolint:gosec // on this machine only, see above
	}}
}
