// Package spelling finds what somebody may have meant: the known name, address or key
// that is most like the one they wrote. What counts as like enough to be named is the
// caller's business.
package spelling
