package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
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

// refused is what was typed for the groups of a person, what they were when the page
// was made, and why it cannot be.
type refused struct{ Groups, Was, Fault string }

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
	groups := strings.Join(a.Groups, " ")
	data := struct {
		User     idp.Account
		Disabled bool
		refused
		Sessions []signedIn
		Grants   []idp.Grant
	}{User: a, Disabled: !a.DisabledAt.IsZero(), refused: refused{Groups: groups, Was: groups}, Grants: grants}
	if no != nil {
		data.refused = *no
	}
	for _, s := range sessions {
		data.Sessions = append(data.Sessions, signedIn{s, browser.Device(s.UserAgent)})
	}
	page := view{Page: "user", Title: a.Email, Section: "/users", Notice: notices[v.query("done")], Who: v.caller.Email, Data: data}
	return c.render(v.w, v.r, status, page)
}

// setGroups changes the groups that the database has a person in as they were changed
// on the page: what somebody else changed meanwhile stays so.
func (c *Console) setGroups(v *visit) error {
	typed, was := v.r.PostForm.Get("groups"), v.r.PostForm.Get("was")
	groups, before := groupNames(typed), groupNames(was)
	a, err := v.office.ChangeGroups(v.r.Context(), v.r.PathValue("user"), admin.GroupChange{Add: without(groups, before), Remove: without(before, groups)})
	switch {
	case errors.Is(err, admin.ErrGroup):
		return c.person(v, http.StatusBadRequest, &refused{typed, was, "Nothing was changed: " + admin.ErrGroup.Error()})
	case errors.Is(err, admin.ErrGroups):
		return c.person(v, http.StatusBadRequest, &refused{typed, was, "Nothing was changed: these are too many groups for one person."})
	case err != nil && !errors.Is(err, admin.ErrAlready):
		return err
	}
	http.Redirect(v.w, v.r, "/users/"+a.ID+"?done=groups", http.StatusSeeOther)
	return nil
}

func groupNames(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' })
}

// without are those of all that are not among others.
func without(all, others []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(others, name) })
}
