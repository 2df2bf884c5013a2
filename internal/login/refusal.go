package login

import (
	"fmt"
	"net/http"
	"time"

	"idp/internal/magiclink"
)

// refusal is what the waiting page says instead of, or above, the field for the
// code. kind is what the last try was refused for; "" if there was none.
func refusal(st magiclink.Status, kind string, now time.Time) (status int, text string) {
	switch {
	case kind == "rest":
		return http.StatusTooManyRequests, "Codes for this address rest for now, after many wrong ones. The link in the mail still works."
	case kind == "short":
		return http.StatusTooManyRequests, "Codes of six digits rest for now: many wrong ones were typed here. The link in the mail still works." +
			orAgain(st, "Or send the mail again to get a longer code.")
	case kind != "":
		status = http.StatusUnprocessableEntity
	default:
		status = http.StatusOK
	}
	switch {
	case !takesCode(st, now):
		return status, deadCodeText(st, now)
	case kind == "":
		return status, ""
	case st.Tries == 1:
		return status, "That code isn't right. 1 try left."
	default:
		return status, fmt.Sprintf("That code isn't right. %d tries left.", st.Tries)
	}
}

// takesCode reports whether a code typed now could be right: the newest is alive,
// or a new one is on its way.
func takesCode(st magiclink.Status, now time.Time) bool {
	if st.Challenge.State == magiclink.Locked {
		return false
	}
	return st.Delivery.State != magiclink.Accepted || st.CodeEnds.After(now) && st.Tries > 0
}

// deadCodeText says why there is no field for a code, and what still works.
func deadCodeText(st magiclink.Status, now time.Time) string {
	switch {
	case st.Challenge.State == magiclink.Locked:
		return "That was the last try for codes here. The link in the mail still works."
	case !st.CodeEnds.After(now):
		return "The link and the code have expired." + orAgain(st, "Send the mail again to get new ones.")
	default:
		return "After that many wrong tries, the code is used up. The link in the mail still works." + orAgain(st, "Or send the mail again to get a new code.")
	}
}

// orAgain is the advice to send another mail, if there is one left.
func orAgain(st magiclink.Status, advice string) string {
	if st.MaySendAgain {
		return " " + advice
	}
	return ""
}
