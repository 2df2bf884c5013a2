// Package logs makes the program's logger. It owns how lines leave the process:
// gathered for a moment, because one write for each request would cost more than
// the rest of its log line, and at once when something is wrong. What the lines
// say belongs to those who log.
package logs
