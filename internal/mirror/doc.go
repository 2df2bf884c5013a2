// Package mirror shows a request to whoever holds the root secret as this server
// sees it: from which peer, for which address, with which host. idp doctor looks
// into it to find out what the proxies in front do to a request.
//
// It is one GET without a body. Without a fresh token it is as if there were no
// such page. The answer holds nothing that is secret to the asker, who made the
// token from the root secret, and nothing is stored.
package mirror
