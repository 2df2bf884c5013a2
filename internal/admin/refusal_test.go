package admin_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"idp/internal/admin"
	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/idp"
)

// What an administrator tried and was refused is in the audit log, as what they did
// is: who, what, and why not. What they typed is not.
func TestRefusedChangesAreTold(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
		a, err := o.User(o.ctx, ada)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			change  audit.Name
			result  string
			subject string
			about   string
			do      func() error
		}{
			{audit.UserDisabled, "unknown", "", "", func() error { _, err := o.Disable(o.ctx, carol); return err }},
			{audit.UserDisabled, "unknown", "usr_gone", "", func() error { _, err := o.Disable(o.ctx, "usr_gone"); return err }},
			{audit.UserEnabled, "unknown", "", "", func() error { _, err := o.Enable(o.ctx, "somebody's secret"); return err }},
			{audit.UserEnabled, "invalid", "", "", func() error { _, err := o.Enable(o.ctx, "a@b@c"); return err }},
			{audit.UserDeleted, "unknown", "usr_gone", "", func() error { _, err := o.Delete(o.ctx, "usr_gone"); return err }},
			{audit.UserExported, "unknown", "", "", func() error { _, err := o.Export(o.ctx, carol); return err }},
			{audit.SessionEnded, "unknown", "", "ses_gone", func() error { return o.EndSession(o.ctx, "ses_gone") }},
			{audit.SessionAllEnded, "unknown", "", "", func() error { _, err := o.EndSessions(o.ctx, carol); return err }},
			{audit.GrantRevoked, "unknown", "", "grt_gone", func() error { _, err := o.RevokeGrant(o.ctx, "grt_gone"); return err }},
			{audit.GrantRevoked, "unknown", "", "grt_dev_gone", func() error { _, err := o.RevokeGrant(o.ctx, "grt_dev_gone"); return err }},
			{audit.ClientDisabled, "unknown", "", "dyn_gone", func() error { return o.RemoveClient(o.ctx, "dyn_gone") }},
			{audit.ClientDisabled, "declared", "", "", func() error { return o.RemoveClient(o.ctx, apptest.Web.ID) }},
			{audit.UserGroupsChanged, "invalid", a.ID, "", func() error {
				_, err := o.ChangeGroups(o.ctx, a.ID, admin.GroupChange{Add: []string{"no group"}})
				return err
			}},
			{audit.UserGroupsChanged, "invalid", a.ID, "", func() error {
				_, err := o.ChangeGroups(o.ctx, ada, admin.GroupChange{Set: groups(201)})
				return err
			}},
			{audit.UserInvited, "used", "", "", func() error { _, err := o.Invite(o.ctx, admin.Invitee{Email: ada, TTL: time.Hour}); return err }},
		} {
			if err := c.do(); err == nil {
				t.Errorf("%s is not refused", c.change)
			}
			e := o.told(audit.AdminChangeRefused, c.subject)
			want := audit.Detail("change", c.change)
			if c.about != "" {
				want = audit.Detail("about", c.about, "change", c.change)
			}
			if e.Result != c.result || e.Detail != want {
				t.Errorf("%s is told as %+v", c.change, e)
			}
		}
		if dump := o.Dump(); strings.Contains(dump, carol) || strings.Contains(dump, "somebody's secret") || strings.Contains(dump, "no group") {
			t.Error("what was typed is in the database")
		}
		o.verified()
	})
}

// Whoever finds things as they should be was refused nothing, and a fault is none of
// an administrator.
func TestWhatIsNoRefusal(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), ada)
		if _, err := o.Enable(o.ctx, ada); !errors.Is(err, admin.ErrAlready) {
			t.Error(err)
		}
		for _, err := range []error{nil, idp.ErrUnavailable, errors.New("a fault")} {
			if got := o.Refused(o.ctx, audit.UserDeleted, "", err); got != err { //nolint:errorlint // the very same
				t.Errorf("%v became %v", err, got)
			}
		}
		if events, err := o.Service.Store.Events(o.ctx, audit.Query{Name: string(audit.AdminChangeRefused)}); err != nil || len(events) != 0 {
			t.Errorf("%+v, %v", events, err)
		}
	})
}

func groups(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("g", i)
	}
	return out
}
