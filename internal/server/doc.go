// Package server is the HTTP house: one table of routes on gorilla/mux, and
// what every request passes on its way.
//
// A request goes through, from the outside in:
//
//	headers    the security headers of the answer
//	health     /healthz and /readyz, under any host name and without a log line
//	event      request id, one log line at the end, panics become 500; whoever
//	           counts or traces requests is told here
//	host       only the issuer's host is served (RFC 9700 §4.13), or those that
//	           the administrator's listener admits
//	route      gorilla/mux; wrong methods are 405, unknown paths 404
//	filter     sizes, repeated keys, control characters
//	origin     cross-site form posts are refused where a route does not expect them
//	handler    returns an error instead of writing one
//
// Handlers of the adapters are plain functions that return an error; here it
// becomes a page or an OAuth error, once.
//
// A stop drains: /readyz says no while requests are still served, then those in
// hand are finished.
package server
