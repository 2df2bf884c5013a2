// Package pgtap is a proxy in front of a PostgreSQL server that counts what a
// program sends: statements, round trips, and commits that changed something.
//
// It reads only the server's side of the conversation, where every statement ends
// with its result and every round trip with "ready for query" (PostgreSQL,
// "Frontend/Backend Protocol", message formats). That needs no extension in the
// server and no hook in the program, and it is exact. It does not look into
// encrypted connections: connect with sslmode=disable.
package pgtap
