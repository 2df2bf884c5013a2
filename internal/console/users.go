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
	return c.show(v, view{Page: "users", Title: "People", Section: "/users", Notice: notices[v.query("done")], Data: data})
}

// signedIn is a session in words.
type signedIn struct {
	idp.Session
	Device string
}

// user shows one person.
func (c *Console) user(v *visit) error {
	return c.person(v, http.StatusOK, nil)
}

// refused is what was typed for the groups of a person, and why it cannot be.
type refused struct{ Groups, Fault string }

// person is the page of one.
func (c *Console) person(v *visit, status int, no *refused) error {
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
		refused
		Sessions []signedIn
		Grants   []idp.Grant
	}{User: a, Disabled: !a.DisabledAt.IsZero(), refused: refused{Groups: strings.Join(a.Groups, " ")}, Grants: grants}
	if no != nil {
		data.refused = *no
	}
	for _, s := range sessions {
		data.Sessions = append(data.Sessions, signedIn{s, browser.Device(s.UserAgent)})
	}
	page := view{Page: "user", Title: a.Email, Section: "/users", Notice: notices[v.query("done")], Who: v.caller.Email, Data: data}
	return c.render(v.w, v.r, status, page)
}

// setGroups replaces the groups that the database has a person in.
func (c *Console) setGroups(v *visit) error {
	typed := v.r.PostForm.Get("groups")
	groups := strings.FieldsFunc(typed, func(r rune) bool { return r == ' ' || r == ',' })
	a, err := v.office.ChangeGroups(v.r.Context(), v.r.PathValue("user"), admin.GroupChange{Set: append([]string{}, groups...)})
	switch {
	case errors.Is(err, admin.ErrGroup):
		return c.person(v, http.StatusBadRequest, &refused{typed, "Nothing was changed: " + admin.ErrGroup.Error()})
	case errors.Is(err, admin.ErrGroups):
		return c.person(v, http.StatusBadRequest, &refused{typed, "Nothing was changed: these are too many groups for one person."})
	case err != nil && !errors.Is(err, admin.ErrAlready):
		return err
	}
	http.Redirect(v.w, v.r, "/users/"+a.ID+"?done=groups", http.StatusSeeOther)
	return nil
}
