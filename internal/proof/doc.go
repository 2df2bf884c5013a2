// Package proof reads what applications sign: client assertions (RFC 7523),
// request objects (RFC 9101) and DPoP proofs (RFC 9449).
//
// Each reader takes the text, the key or client that it must come from, and the
// time; it returns what the text says only if all of it holds. Nothing here does
// I/O or remembers: where a text may be used once, the reader returns the hash
// under which the caller records that it was.
//
// What it refuses: a JWS that names its own key (but for DPoP, whose point that
// is), any algorithm but PS256, ES256 and EdDSA (or Ed25519, its newer name), and
// RS256 for request objects of clients outside of FAPI, an algorithm other than the
// key's own, critical headers, members given twice, and keys by address.
package proof
