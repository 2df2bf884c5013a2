// Package captcha asks a provider whether somebody passed its test: an alternative
// to work while very many mails are asked for.
//
// It owns what the providers' public documentation says: the script, the origins
// that a page must allow, the call that verifies. It refuses to decide what
// happens to somebody who did not pass, and it never stands in the way by being
// silent: while a provider does not answer there is no Widget.
package captcha
