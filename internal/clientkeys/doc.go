// Package clientkeys finds the public keys of applications: those that stand in
// their registration, and those that they publish at an address of their own
// (jwks_uri, OpenID Connect Core §10.1.1).
//
// It owns the fetching and what is remembered of it. An answer counts as long as
// its server says, from a minute to a day; if none of its keys fits what was
// signed, the address is asked again, at most once a minute, so that a new key
// works at once and a forger cannot make this server hammer another. Keys outlive
// a day in which their server is silent. Of callers who ask at once, one fetches.
//
// It fetches when something was signed and never before: an application whose
// server is down stops nobody else, and no start. Strangers have a memory, places
// and a way out of their own, so they take nothing from declared applications.
// Where an address leads is looked at by package outbound.
package clientkeys
