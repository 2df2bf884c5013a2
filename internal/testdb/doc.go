// Package testdb gives each test an empty, migrated database of its own, on both
// databases that the product runs on. It is test code only.
//
// PostgreSQL is found in TEST_DATABASE_URL, which scripts/with-postgres sets. A
// missing server fails the test; it never skips, because SQLite hides races.
package testdb
