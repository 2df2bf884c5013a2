// Package device serves the pages where a person connects a device that shows a
// code (RFC 8628 §3.3): a television, a program in a terminal.
//
//	/device?user_code=      the code, typed or already filled in; always a button
//	   │ counted, then found: the device becomes a flow of this browser
//	/authorize/continue     the ordinary sign-in, decided as for any application
//	   │
//	/device/connect?flow=   what asks, since when, from where; connect or not
//
// A code in the address only fills in the form. Nothing is ever allowed without
// the last page, because whoever made somebody open the first may be the one
// whose device is waiting (RFC 8628 §5.4).
package device
