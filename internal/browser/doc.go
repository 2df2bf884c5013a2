// Package browser knows the caller of a request: its cookies, its network
// address, its device.
//
// Three cookies exist. All are HttpOnly, SameSite=Lax, for the whole host, and
// carry the __Host- prefix and Secure unless the issuer is plain http on
// loopback:
//
//	lb   which browser this is: 256 random bits, given to every visitor, so that
//	     having it says nothing. Flows and challenges are bound to its hash.
//	sid  the session: a new value at every login.
//	kb   for which addresses the browser is known: see magiclink.Service.Remember.
//
// A request that carries one of them twice carries none: a neighbouring host
// must not be able to choose which one counts.
package browser
