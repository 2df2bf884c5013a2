package login

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/web"
)

// limited makes a reached limit a page that says when to come back and keeps
// the way there.
func limited(err error, c *idp.Client, again string) error {
	var l *idp.LimitedError
	if !errors.As(err, &l) {
		return err
	}
	if l.Limit == "resend_after" {
		return &web.Problem{
			Status: http.StatusTooManyRequests, Title: "One moment", Text: "The last mail is only just out. Another one can be asked for soon.",
			RetryAt: l.RetryAt, Cause: err, Action: web.Action{Label: "Back to the code", URL: again},
		}
	}
	if l.Limit == "posts_per_browser" {
		return &web.Problem{
			Status: http.StatusTooManyRequests, Title: "A little too fast", Text: "Many forms were sent from this browser in a short time.",
			RetryAt: l.RetryAt, Cause: err, Action: web.Action{Label: "Try again", URL: again},
		}
	}
	p := &web.Problem{
		Status: http.StatusTooManyRequests, Title: "Enough mails for now",
		Text:    "Many mails were asked for in a short time. If one has arrived, its link still works.",
		RetryAt: l.RetryAt, Cause: err, Action: web.Action{Label: "Try again", URL: again},
	}
	if c != nil {
		p.App = c.Name
	}
	return p
}
