// Package testdb gives each test a database of its own, on both databases that
// the product runs on. It is test code only.
//
// The databases are migrated already: they are copies of one that is made once,
// per server and content of the migrations for PostgreSQL, per process for
// SQLite. Tests of the migrations themselves ask for an empty one.
//
// PostgreSQL is found in TEST_DATABASE_URL, which scripts/with-postgres sets. A
// missing server fails the test; it never skips, because SQLite hides races.
package testdb
