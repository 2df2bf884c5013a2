package admin_test

import (
	"context"
	"testing"

	"idp/internal/admin"
	"idp/internal/apptest"
	"idp/internal/audit"
)

// A refusal that is written down behind the deletion of its person knows no address
// of theirs either.
func TestLateRefusalsOfTheDeleted(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), carol)
		a, err := o.User(o.ctx, carol)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Delete(o.ctx, carol); err != nil {
			t.Fatal(err)
		}
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), bob)
		b, err := o.User(o.ctx, bob)
		if err != nil {
			t.Fatal(err)
		}
		refused := audit.Event{At: o.Clock.Now(), Name: audit.AdminRefused, Actor: audit.Unknown, Subject: a.ID, IP: "192.0.2.7", Result: "not_in_group"}
		others := refused
		others.Subject = b.ID
		if err := o.App.Store.RecordNotes(context.Background(), refused, others); err != nil {
			t.Fatal(err)
		}
		for subject, ip := range map[string]string{a.ID: "", b.ID: "192.0.2.7"} {
			events, err := o.Service.Store.Events(o.ctx, audit.Query{Subject: subject, Name: string(audit.AdminRefused)})
			if err != nil || len(events) != 1 || events[0].IP != ip {
				t.Errorf("%+v, %v", events, err)
			}
		}
		o.verified()
	})
}

// A refused code or link names its sign-in and not its person. If both are gone when it
// is written down, it knows no address either: no later deletion could find it.
func TestLateRefusalsOfDeletedSignIns(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		for _, email := range []string{bob, carol} {
			o.Browser().SignIn(apptest.NewRequest(apptest.Web), email)
		}
		signIn := func(email string) string {
			held, err := o.Export(o.ctx, email)
			if err != nil || len(held["sign_ins"]) != 1 {
				t.Fatalf("%v, %v", held["sign_ins"], err)
			}
			return held["sign_ins"][0]["id"].(string)
		}
		refusal := func(email string) audit.Event {
			return audit.Event{At: o.Clock.Now(), Name: audit.LoginRefused, Actor: audit.Unknown, IP: "192.0.2.7", Result: "code_wrong", Challenge: signIn(email)}
		}
		ofBob, ofCarol := refusal(bob), refusal(carol)
		b, err := o.User(o.ctx, bob)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := o.Delete(o.ctx, carol); err != nil {
			t.Fatal(err)
		}
		if err := o.App.Store.RecordNotes(context.Background(), ofBob, ofCarol); err != nil {
			t.Fatal(err)
		}
		for subject, ip := range map[string]string{b.ID: "192.0.2.7", "": ""} {
			events, err := o.Service.Store.Events(o.ctx, audit.Query{Name: string(audit.LoginRefused)})
			n := 0
			for _, e := range events {
				if e.Subject == subject && e.IP == ip {
					n++
				}
			}
			if err != nil || n != 1 || len(events) != 2 {
				t.Errorf("of %q: %+v, %v", subject, events, err)
			}
		}
		o.verified()
	})
}

// deleting deletes somebody while somebody else walks along the audit log.
type deleting struct {
	admin.Store
	do func()
}

func (d *deleting) Chain(ctx context.Context, after int64, limit int) ([]audit.Sealed, error) {
	if do := d.do; do != nil {
		d.do = nil
		do()
	}
	return d.Store.Chain(ctx, after, limit)
}

// Whoever is deleted in that moment is blank in what is read, and why stands in no
// chain yet.
func TestDeletedWhileTheLogIsVerified(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		o.Browser().SignIn(apptest.NewRequest(apptest.Web), carol)
		store := o.Service.Store
		o.Service.Store = &deleting{store, func() {
			if _, err := o.Delete(o.ctx, carol); err != nil {
				t.Error(err)
			}
		}}
		o.verified()
		o.Service.Store = store
		o.verified()
	})
}
