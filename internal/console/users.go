package console

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"idp/internal/admin"
	"idp/internal/browser"
	"idp/internal/idp"
)

const pageSize = 50

// users finds people.
func (c *Console) users(v *visit) error {
	q := idp.AccountQuery{Search: v.query("search"), Disabled: v.query("disabled") != "", After: v.query("after"), Limit: pageSize + 1}
	all, err := v.office.Users(v.r.Context(), q)
	if err != nil {
		return err
	}
	data := struct {
		Query idp.AccountQuery
		Users []idp.Account
		Next  string
	}{Query: q, Users: all}
	if len(all) > pageSize {
		data.Users = all[:pageSize]
		next := url.Values{"search": {q.Search}, "after": {all[pageSize-1].Email}}
		if q.Disabled {
			next.Set("disabled", "1")
		}
		data.Next = "/users?" + next.Encode()
	}
	return c.show(v, view{Page: "users", Title: "People", Section: "/users", Data: data})
}

// signedIn is a session in words.
type signedIn struct {
	idp.Session
	Device string
}

// user shows one person.
func (c *Console) user(v *visit) error {
	ctx := v.r.Context()
	a, err := v.office.User(ctx, v.r.PathValue("user"))
	if err != nil {
		return err
	}
	sessions, err := v.office.Sessions(ctx, a.ID)
	if err != nil {
		return err
	}
	grants, err := v.office.Grants(ctx, a.ID)
	if err != nil {
		return err
	}
	data := struct {
		User     idp.Account
		Disabled bool
		Groups   string
		Sessions []signedIn
		Grants   []idp.Grant
	}{User: a, Disabled: !a.DisabledAt.IsZero(), Groups: strings.Join(a.Groups, " "), Grants: grants}
	for _, s := range sessions {
		data.Sessions = append(data.Sessions, signedIn{s, browser.Device(s.UserAgent)})
	}
	return c.show(v, view{Page: "user", Title: a.Email, Section: "/users", Notice: notices[v.query("done")], Data: data})
}

// setGroups replaces the groups that the database has a person in.
func (c *Console) setGroups(v *visit) error {
	groups := strings.FieldsFunc(v.r.PostForm.Get("groups"), func(r rune) bool { return r == ' ' || r == ',' })
	a, err := v.office.ChangeGroups(v.r.Context(), v.r.PathValue("user"), admin.GroupChange{Set: append([]string{}, groups...)})
	if err != nil && !errors.Is(err, admin.ErrAlready) {
		return err
	}
	http.Redirect(v.w, v.r, "/users/"+a.ID+"?done=groups", http.StatusSeeOther)
	return nil
}
