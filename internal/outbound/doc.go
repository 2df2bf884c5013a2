// Package outbound is the one way out: every HTTP request that this program
// makes by itself goes through a Client.
//
// Where such a request goes is written down by somebody else, in a client's
// registration or behind a name in the DNS. So a Client speaks https only, looks
// at the address of every connection at the moment it is made, follows no
// redirect, asks no proxy, and is bounded in time and size. Networks that are not
// the public internet are closed unless the configuration opens them.
//
// The collector of traces is the exception, because nobody but the administrator
// names it: Direct is for that alone.
package outbound
