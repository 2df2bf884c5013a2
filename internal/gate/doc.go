// Package gate owns the question who may administer a running server: it is asked
// by the API and by the console, once for each request.
//
// Whoever administers holds an access token of this provider. It must be opaque,
// have the scope admin, stand on a grant, a user and, but for offline_access, a
// session that are alive now, and have been given to an application that the door
// names. A person must be in the group of the configuration now, not when the token
// was made. Everything else is a Refusal, which says which of these was missing.
//
// It refuses to know what administrators do: there is one right, and it is all of
// them.
package gate
