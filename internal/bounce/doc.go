// Package bounce hears what became of letters after our mail server had taken
// them: from reports that other mail servers send back (RFC 3464), and from
// providers that post them (POST /mail/bounces/{provider}).
//
//	returned mail ──Parse──► Report ──┐
//	                                  ├──► Desk ──► the letter's waiting page, the address's mark
//	signed JSON ──► Handler ──────────┘
//
// Anybody can send a mail that looks like a report, so one counts only if it
// brings the reference that our letter to that very address carried. It refuses
// to fetch mail from anywhere: a mail server's alias pipes reports into
// idp mail bounce.
package bounce
