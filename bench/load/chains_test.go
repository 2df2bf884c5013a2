package load_test

import (
	"errors"
	"testing"

	"idp/bench/load"
)

// frayed is a chain that breaks when it is used for the nth time.
type frayed struct{ used, breaks int }

func (f *frayed) Refresh() error {
	if f.used++; f.used >= f.breaks {
		return errors.New("broken")
	}
	return nil
}

func (f *frayed) Use() error { return f.Refresh() }

func TestWearTellsWhatBroke(t *testing.T) {
	t.Parallel()
	o := load.Wear([]*frayed{{breaks: 100}, {breaks: 3}, {breaks: 4}}, func(used int) bool { return used < 3 })
	if o.Operations != 9 || len(o.Errors) != 1 || o.Lost != 2 {
		t.Errorf("%d operations, %d errors, %d lost; want 9, 1 and 2", o.Operations, len(o.Errors), o.Lost)
	}
}
