package console

import (
	"fmt"
	"time"

	"idp/internal/admin"
)

const mostLogins = 1000

// overview is how things are.
func (c *Console) overview(v *visit) error {
	ctx, now := v.r.Context(), c.Now()
	logins, err := v.office.LoginsSince(ctx, now.Add(-time.Hour), mostLogins)
	if err != nil {
		return err
	}
	waiting, oldest, err := v.office.Mail.WaitingLetters(ctx, now)
	if err != nil {
		return err
	}
	data := struct {
		Parts         []admin.Part
		Logins        string
		Waiting       int
		Oldest        time.Time
		Configuration admin.Configuration
	}{v.office.Health(ctx), fmt.Sprint(logins), waiting, oldest, v.office.Configuration()}
	if logins == mostLogins {
		data.Logins += " or more"
	}
	return c.show(v, view{Page: "overview", Title: "Overview", Section: "/", Data: data})
}
