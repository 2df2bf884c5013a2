// Package magiclink proves that a person controls an e-mail address, by a link
// or a six-digit code of one mail.
//
// It owns the challenge and its secrets; it knows neither HTTP nor a database.
//
//	address form ─► pending ── link in the asking browser, or the code ──► approved
//	                  │  │
//	                  │  └── 6 wrong codes ─► locked ── link in the asking browser ──► approved
//	                  └── 30 minutes ─► expired (by its time, no job needed)
//
// Rules that every step keeps:
//
//   - The request that asks for a mail stores a challenge and a letter to send,
//     neither with a secret. Mint makes link and code when the mail worker sends;
//     only a hash and a MAC are stored.
//   - A challenge is bound to the browser that asked. A link opened elsewhere can
//     sign in there, after a human gesture, and never approves the asking browser.
//   - One guarded UPDATE on the challenge row is the single use. A foreign use of
//     the link spends the link for everybody but leaves the code to the asker.
//   - A wrong code is counted before it is compared: three tries per code, six per
//     challenge, ten per address and day. None of this ever blocks the link.
package magiclink
