// Package caller is the outside of a provider: browsers that people sign in with,
// and applications that send them there. It speaks OpenID Connect as any client
// would and knows nothing of who answers, so that the product and the floor are
// asked the same.
//
// It is made to be cheap, because it shares the processors with what it measures:
// one connection per caller, written and read without goroutines. It checks every
// answer for what the next step needs, and the signature and claims of every 32nd
// ID token.
package caller
