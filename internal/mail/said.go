package mail

import "errors"

// Said is what the mail server itself said to refuse a message; "" if the failure
// was another. It may contain the address, so it is for the administrator at the
// terminal and for no log.
func Said(err error) string {
	var r *reply
	if !errors.As(err, &r) {
		return ""
	}
	return r.said
}
