// Command floor is a yardstick, not a product: it does the least work that each
// operation of a provider allows, on the same machine, database and mail server.
// What the product loses against it in the same run is the product's own.
//
// It does what cannot be left out: parse the request, know the client, keep codes
// and links single-use and refresh tokens rotated with the fewest statements and
// commits, sign, send the mail. It has no consent, limits, audit, key rotation,
// log or error care, and hardly a check: never run it for anybody.
//
//	authorize      sealed request to the form, or one SELECT and a sealed code
//	form           one INSERT, then the mail, which the answer does not await
//	link           one statement: link spent, user found or made, session made
//	code           one INSERT with a unique key, one signature
//	refresh        one UPDATE that only the newest token can do, one signature
//	refresh, bound the same, with a proof of the key: one signature more to check, one row more
//	push           a sealed request; nothing is stored
//	client         a sealed token; nothing is stored
//	userinfo       open a sealed token, one SELECT
//	introspection  the same
package main
