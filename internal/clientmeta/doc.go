// Package clientmeta reads what an application says of itself, in the words of
// RFC 7591 §2, and makes a client of it under the rules for declared ones.
//
// It refuses what it cannot honour and what is ambiguous, such as a member that
// stands there twice; what it does not know it ignores, as §2 wants.
package clientmeta
