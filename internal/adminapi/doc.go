// Package adminapi owns the administrator's HTTP API: the verbs of package admin as
// JSON, on the administrator's listener. Its table (table.go) is the whole of it: the
// routes, the OpenAPI document and the tests are made from the same lines.
//
// Every call is admitted by package gate before anything of it is read; cookies are
// not looked at and no other origin is answered, so a browser's own rights open
// nothing here. Whatever changes something is a POST, PUT or DELETE. Errors are
// problems of RFC 9457 which say what to do.
//
// It never shows a secret, the hash of one, or anything that opens something.
package adminapi
