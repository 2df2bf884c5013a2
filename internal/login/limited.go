package login

import (
	"errors"
	"net/http"

	"idp/internal/idp"
	"idp/internal/oidc"
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
			Status: http.StatusTooManyRequests, About: "just_sent",
			RetryAt: l.RetryAt, Cause: err, Action: web.Action{Do: "back_to_code", URL: again},
		}
	}
	if l.Limit == "posts_per_browser" {
		return &web.Problem{
			Status: http.StatusTooManyRequests, About: "many_forms",
			RetryAt: l.RetryAt, Cause: err, Action: web.Action{Do: "again", URL: again},
		}
	}
	p := &web.Problem{
		Status: http.StatusTooManyRequests, About: "many_mails",
		RetryAt: l.RetryAt, Cause: err, Action: web.Action{Do: "again", URL: again},
	}
	if c != nil {
		p.App, p.Client, p.Brand = c.Name, c.ID, oidc.Brand(c)
	}
	return p
}
