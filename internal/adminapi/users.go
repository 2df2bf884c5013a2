package adminapi

import (
	"errors"
	"time"

	"idp/internal/admin"
	"idp/internal/idp"
)

// User is a person who signed in.
type User struct {
	ID          string     `json:"id"`
	Email       string     `json:"email"`
	Name        string     `json:"name"`
	Locale      string     `json:"locale"`
	Groups      []string   `json:"groups" doc:"Those that the database has the person in, beside the configuration's."`
	CreatedAt   *time.Time `json:"created_at"`
	LastLoginAt *time.Time `json:"last_login_at"`
	DisabledAt  *time.Time `json:"disabled_at" doc:"Null: enabled."`
}

// UserPage is some of them.
type UserPage struct {
	Users []User `json:"users"`
	Next  string `json:"next,omitempty" doc:"What after is for the next page; missing on the last one."`
}

// Groups is what groups a person is to be in.
type Groups struct {
	Groups []string `json:"groups"`
}

// GroupChange is what changes.
type GroupChange struct {
	Add    []string `json:"add,omitempty"`
	Remove []string `json:"remove,omitempty"`
}

// Export is rows by table.
type Export map[string][]map[string]any

func userOf(a *idp.Account) User {
	return User{
		ID: a.ID, Email: a.Email, Name: a.Name, Locale: a.Locale, Groups: append([]string{}, a.Groups...),
		CreatedAt: moment(a.CreatedAt), LastLoginAt: moment(a.LastLoginAt), DisabledAt: moment(a.DisabledAt),
	}
}

// moment is nil for never.
func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func listUsers(c *call) (any, error) {
	q := idp.AccountQuery{Search: c.query("search"), Disabled: c.flag("disabled"), After: c.query("after"), Limit: c.limit() + 1}
	if c.fault != nil {
		return nil, nil
	}
	all, err := c.office.Users(c.ctx, q)
	page := UserPage{Users: []User{}}
	for i := range all {
		if len(page.Users) == q.Limit-1 {
			page.Next = all[i-1].Email
			break
		}
		page.Users = append(page.Users, userOf(&all[i]))
	}
	return page, err
}

// one answers with the person as they are, which may be how they were asked to be.
func one(c *call, a idp.Account, err error) (any, error) {
	if errors.Is(err, admin.ErrAlready) {
		err = nil
	}
	return userOf(&a), err
}

func showUser(c *call) (any, error) {
	a, err := c.office.User(c.ctx, c.path("user"))
	return one(c, a, err)
}

func disableUser(c *call) (any, error) {
	a, err := c.office.Disable(c.ctx, c.path("user"))
	return one(c, a, err)
}

func enableUser(c *call) (any, error) {
	a, err := c.office.Enable(c.ctx, c.path("user"))
	return one(c, a, err)
}

func deleteUser(c *call) (any, error) {
	_, err := c.office.Delete(c.ctx, c.path("user"))
	return nil, err
}

func exportUser(c *call) (any, error) {
	held, err := c.office.Export(c.ctx, c.path("user"))
	return Export(held), err
}

func setGroups(c *call) (any, error) {
	var in Groups
	if !c.body(&in) {
		return nil, nil
	}
	if in.Groups == nil {
		c.badly("groups is missing", `Send {"groups": []} to take a person out of all.`)
		return nil, nil
	}
	a, err := c.office.ChangeGroups(c.ctx, c.path("user"), admin.GroupChange{Set: in.Groups})
	return one(c, a, err)
}

func changeGroups(c *call) (any, error) {
	var in GroupChange
	if !c.body(&in) {
		return nil, nil
	}
	a, err := c.office.ChangeGroups(c.ctx, c.path("user"), admin.GroupChange{Add: in.Add, Remove: in.Remove})
	return one(c, a, err)
}
