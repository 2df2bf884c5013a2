// Package clientdocs finds clients whose client_id is the https address of a
// document that describes them (OAuth Client ID Metadata Document).
//
// It owns the fetching, the rules for such documents, and what is remembered of
// them: good ones for as long as their server says, within bounds, and bad ones
// for a short while, so that no caller can make this server hammer another. Both
// memories are bounded; of callers who ask for one document at once, one fetches.
//
// It refuses hosts that the configuration does not allow, before anything is
// sent; where a name leads is looked at by package outbound.
package clientdocs
