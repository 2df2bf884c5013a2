// Package backup reads and writes the file of idp backup: all rows of the database
// in a form that belongs to neither engine, so that a backup of one can be restored
// to the other, and a person can read it.
//
// The file is gzip of lines of JSON:
//
//	{"idp_backup":1,"schema":15,"made_at":"2026-11-21T19:00:00Z","program":"…"}
//	{"table":"users","columns":["id","email",…]}
//	["usr_…","ada@example.com",…]
//	…
//	{"rows":{"users":1,…},"sha256":"…"}
//
// The last line counts the rows of each table, and carries the SHA-256 of all bytes
// before it. Times are Unix milliseconds, truth values are true and false, and
// numbers are whole.
//
// It holds no secret in clear, as the database does not: hashes, MACs, and keys
// sealed by the root secret, which is not in it. It holds the people's addresses.
//
// A file that is cut short, changed, or of a later format is refused before a
// single row of it is used.
package backup
