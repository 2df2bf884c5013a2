// Package admin owns the verbs of administration: what the commands do now, and
// whatever else administers a running installation does with them. It reads and
// changes nothing but the database, so it works beside running servers, which
// notice at once: they ask the database too.
//
// Whoever calls says who acts, by a context from As; every change writes that into
// the audit log in its own transaction. The package does not decide who may: its
// callers do (whoever can read the configuration and its secrets, for the
// commands).
//
// A person is named by a user's id or by an address. Everything that is asked for
// and does not exist is idp.ErrNotFound.
package admin
