package login

import (
	"errors"
	"net/http"
	"time"

	"idp/internal/idp"
	"idp/internal/oidc"
	"idp/web"
)

// pause is how long whoever finds the database away is asked to wait.
const pause = 5 * time.Second

// limited makes a reached limit, or a database that is away, a page that says when to
// come back and keeps the way there: a browser need not say which page a form was on.
func (h *Handlers) limited(err error, c *idp.Client, again string) error {
	var l *idp.LimitedError
	if !errors.As(err, &l) {
		if !errors.Is(err, idp.ErrUnavailable) {
			return err
		}
		p := &web.Problem{
			Status: http.StatusServiceUnavailable, About: "unavailable",
			RetryAt: h.Now().Add(pause), Cause: err, Action: web.Action{Do: "again", URL: again},
		}
		return branded(p, c)
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
	return branded(p, c)
}

// branded is a problem in the colours of a client; nil for none.
func branded(p *web.Problem, c *idp.Client) *web.Problem {
	if c != nil {
		p.App, p.Client, p.Brand = c.Name, c.ID, oidc.Brand(c)
	}
	return p
}
