// Package spf evaluates who may send mails for a domain (RFC 7208), for idp doctor.
//
// Eval answers for one address, as a receiving server would, and counts the
// look-ups: more than ten make receivers ignore the record. Asked with the zero
// address it walks everything that a receiver could come to, which is the worst
// case. Macros are not expanded: what hangs on one is reported as unknown.
//
// It sends nothing and decides about no mail.
package spf
