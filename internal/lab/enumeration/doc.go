// Package enumeration is a laboratory: it asks for mails to addresses of every kind,
// known, unknown, of a domain never seen, barred by policy, disabled, and looks
// whether anything tells them apart: a byte, a header, a cookie, a status, and, with
// IDP_PROVE (make prove) over 20,000 samples of each, the time of an answer.
//
// It refuses to judge time in a short run: on a busy machine that says nothing. An
// address whose mailbox sent a letter back is a kind of its own: its page says so to
// whoever asks, by design, but not the answer to the form.
package enumeration
