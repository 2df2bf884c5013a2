// Package meters says what is counted: which metrics there are, and what in the
// life of the program moves them. How counting works is internal/metrics'.
//
// Sign-ins and tokens are read off the events of requests, so that a log line and
// a counter never tell two stories. It refuses labels that strangers choose: a
// client is named if an administrator declared it, every other one is "other";
// a route is one of the table of routes.
//
// What is a state rather than an event (queue, keys, pools) is asked for when
// somebody reads.
package meters
