// Package nativeapi is the login for first-party applications that have screens
// of their own: JSON in, tokens out, no browser in between. A client uses it only
// if its entry says native_api: true; for any other the addresses do not exist.
//
//	send     a mail with a link and a code for an address
//	verify   the link's token, or the code, for tokens
//	status   where the mail is
//	me       whom a token is about
//	sign-out ends the grant
//
// It owns the shapes of these calls and who may make them. The login is package
// magiclink's, with the same budgets; the tokens are grants of package oidc, and
// the token endpoint refreshes them.
//
// What can go wrong, and what is done about it:
//
//   - Who asked. There is no cookie, so send answers with a challenge: 256 random
//     bits, stored as a hash together with the client's id. A code that comes with
//     it can only be typed where the mail was asked for, by the client that asked.
//   - Guessing. Each wrong code counts for its mail, its challenge, its address, its
//     network and the installation before it is compared, as on the pages. A code
//     that comes with an address only is compared with the three newest of that
//     address and client, and counts for all of them, so that asking for more mails,
//     or guessing over several challenges, gains nothing. Where no mail is on its
//     way, nothing is compared, and the address's budget is left alone.
//   - Locking out. Who knows an address can use up its tries, as on the pages. The
//     link keeps working, which is why an application does well to have a
//     native_link_uri. Who uses up an address's mails does not keep its owner out of
//     a device where they signed in: verify gives it a mark, the same that a browser
//     keeps in a cookie, and send with it has an allowance of its own.
//   - Enumeration. send answers everybody with the same bytes, but for the random
//     ones, and so does a wrong code: who gets no mail has a challenge with tries
//     all the same. status says of a mail that never goes out what it says of one
//     that does.
//   - Login CSRF. A link that somebody else asked for signs the reader in as
//     somebody else. An application that sends its challenge along with the token
//     is safe from it. One that opens a link without having asked must show
//     user.email and ask.
//   - Mails that somebody else comes to hold. foreign_links: code_only, which keeps
//     links of pages from signing in elsewhere, makes the challenge a must here.
//   - Mail scanners. A GET of ours spends nothing, and no page of ours takes the
//     link of such a mail. What the application's own address does is its affair:
//     the challenge helps there too.
//   - Confusion. Links and codes of mails that a page asked for are worth nothing
//     here, nor are those of another client, nor the other way around.
//   - Other sites. A call that names an origin must come from one of the client's
//     cors_origins and, without a bearer token, carry X-Requested-With, which no
//     form can. No cookie is ever read.
//   - Somebody who says to be a public client. Anybody can ask for its mails, which
//     gains them nothing while the reader types the code where the mail says. A
//     code can be talked out of people, here as on the pages; a link that leads to
//     the application's own address cannot.
//   - Anything that another tab or application sees. Answers are never stored, and
//     no token of ours stands in an address but the link's, which works once.
package nativeapi
