package login

import (
	"net/http"
	"time"

	"idp/internal/magiclink"
	"idp/internal/words"
)

// refusal is what the waiting page says instead of, or above, the field for the
// code. kind is what the last try was refused for; "" if there was none.
func refusal(st magiclink.Status, kind string, now time.Time) (status int, text words.Phrase) {
	switch {
	case kind == "rest":
		return http.StatusTooManyRequests, words.Say("refusal.rest")
	case kind == "short":
		return http.StatusTooManyRequests, words.Say(orAgain(st, "refusal.short"))
	case kind != "":
		status = http.StatusUnprocessableEntity
	default:
		status = http.StatusOK
	}
	switch {
	case !takesCode(st, now):
		return status, words.Say(deadCode(st, now))
	case kind == "":
		return status, words.Phrase{}
	default:
		return status, words.Say("refusal.wrong", "n", st.Tries)
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

// deadCode names why there is no field for a code, and what still works: another
// mail, if there is one left.
func deadCode(st magiclink.Status, now time.Time) string {
	key := "refusal.used_up"
	switch {
	case st.Challenge.State == magiclink.Locked:
		return "refusal.locked"
	case !st.CodeEnds.After(now):
		key = "refusal.expired"
	}
	return orAgain(st, key)
}

// orAgain names the phrase that also advises to send another mail, if there is one
// left.
func orAgain(st magiclink.Status, key string) string {
	if st.MaySendAgain {
		return key + "_again"
	}
	return key
}
