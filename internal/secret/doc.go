// Package secret owns every raw secret of the product and everything that is
// derived from one.
//
// Four words are kept apart in the whole code base: an ID is public, a Token is
// a raw secret, a Hash is what is stored of it, and sealed text is encrypted.
//
//   - Token holds a raw secret and cannot be printed, logged or marshalled;
//     only Reveal gives the text, so every place that handles it in clear can
//     be found by name.
//   - Hash is the SHA-256 of a Token under a Kind, so that a hash of one kind
//     never matches a token of another.
//   - Keyring derives all keys from one root secret (HKDF-SHA-256 by label) and
//     seals, opens and authenticates with them. Two generations of the root
//     are accepted, so that it can be replaced without logging anyone out.
//
// The package refuses to be clever: no password hashing (people choose no
// secrets here), no configurable algorithms.
package secret
