// Package explain puts a failure into words for the administrator: what happened,
// what the request had, what the configuration has, and what to change where.
// It compares with the configuration as it is now, so a failure whose cause is gone
// says so. It refuses to guess: a kind that it has no words for is shown as it is.
package explain
