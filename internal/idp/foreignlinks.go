package idp

// ForeignLinks says what a mail's link does in a browser that did not ask for it.
// It never signs in the one that did.
type ForeignLinks string

// What a link can do in a foreign browser.
const (
	ForeignConfirm      ForeignLinks = "confirm"       // signs in there, after a press
	ForeignConfirmEmail ForeignLinks = "confirm_email" // and only for somebody who can say which address it is for
	ForeignCodeOnly     ForeignLinks = "code_only"     // nothing: only the code goes on, where it was asked for
)
