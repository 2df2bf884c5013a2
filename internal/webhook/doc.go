// Package webhook signs and checks messages between programs over HTTP, as the
// Standard Webhooks specification 1.0 says:
//
//	webhook-id         names the message; the same if it is sent again
//	webhook-timestamp  seconds since 1970
//	webhook-signature  "v1," and the base64 of HMAC-SHA-256 over "id.timestamp.body";
//	                   several, with a space in between, while a key is replaced
//
// A key is the bytes of its text; or what stands in base64 behind "whsec_", as the
// libraries for receivers write it. The package refuses to know what a message
// means, and what was heard before: that is for the receiver.
package webhook
