// Package registration lets applications register themselves: RFC 7591 behind an
// initial access token, and RFC 7592 with the token that a registration gives.
//
// What it stores of secrets are hashes, so an answer shows a secret once. It
// refuses what the rules for declared clients refuse.
package registration
