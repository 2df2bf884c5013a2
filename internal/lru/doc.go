// Package lru remembers what was used last, and no more than so many entries: for
// answers of other servers and kinds of letters, whose number strangers choose.
//
// It knows nothing of time; how long an entry counts is its owner's business.
package lru
