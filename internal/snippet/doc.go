// Package snippet says what to paste into an application, so that it signs people
// in here: the text of the client's preset, or a generic one, with this server's
// addresses. It refuses to show a secret: none is known here, only its hash.
package snippet
