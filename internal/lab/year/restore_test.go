package year_test

import (
	"bytes"
	"slices"
	"time"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/backup"
	"idp/internal/storage"
)

// saved is a backup, and where the audit log ended when it was made.
type saved struct {
	file   []byte
	at     time.Time
	anchor audit.Anchor
}

// backUp makes a backup while everybody goes on.
func (w *world) backUp() {
	w.anchor()
	w.backup = &saved{at: w.now(), anchor: w.anchors[len(w.anchors)-1]}
	v, err := w.App.Store.Schema(w.t.Context())
	if err != nil {
		w.t.Fatal(err)
	}
	var file bytes.Buffer
	_, err = backup.Write(&file, backup.Header{Schema: v.Have, MadeAt: w.now()}, func(to storage.Sink) error { return w.App.Store.Export(w.t.Context(), to) })
	if err != nil {
		w.t.Fatal(err)
	}
	w.backup.file = file.Bytes()
	w.visitAny()
}

// restore puts the backup back. What was given out is dead, and people sign in anew.
func (w *world) restore() {
	w.anchor()
	later := w.anchors[len(w.anchors)-1]
	var fresh []*grant // that would be good for days
	for _, p := range w.people {
		fresh = append(fresh, w.newGrant(p))
	}
	for len(w.replicas) > 0 {
		w.rest()
		w.leave()
	}
	w.restoreInto()
	w.start()
	would := 0
	for i, p := range w.people {
		if alive, _ := p.session.alive(w.now()); alive && p.session.began.Before(w.backup.at) {
			would++
		}
		p.session.ended, fresh[i].ended = true, true
		w.out(p)
		w.refresh(fresh[i])
		if p.grant != nil {
			if alive, _ := p.grant.alive(w.now()); alive && p.grant.made.Before(w.backup.at) {
				would++
			}
			p.grant.ended = true
			w.refresh(p.grant)
			p.grant = nil
		}
	}
	if would == 0 {
		w.errorf("nothing would have come back without an epoch: this restore shows nothing")
	}
	w.busy.ended = true
	for _, p := range w.people {
		p.visit(apptest.NewRequest(web))
	}
	w.jobs()
	if report := w.verify([]audit.Anchor{later}); len(report.Faults) == 0 {
		w.errorf("an anchor from after the backup does not contradict the restored audit log")
	}
	w.anchors = slices.DeleteFunc(w.anchors, func(a audit.Anchor) bool { return a.Seq > w.backup.anchor.Seq })
	if report := w.verify(w.anchors); len(report.Faults) > 0 {
		w.errorf("the restored audit log: %+v", report.Faults)
	}
}

func (w *world) restoreInto() {
	s, err := storage.Open(storage.Options{URL: w.Database})
	if err != nil {
		w.t.Fatal(err)
	}
	defer s.Close()
	_, epoch, err := backup.Restore{Replace: true, Now: w.now()}.Into(w.t.Context(), s, bytes.NewReader(w.backup.file))
	if err != nil || epoch.Number != 1 {
		w.t.Fatalf("%s: restore: %+v, %v", w.date(), epoch, err)
	}
}
