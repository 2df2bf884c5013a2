package mail

import (
	"testing"
	"testing/synctest"
	"time"

	"idp/internal/magiclink"
)

// Nobody begins to send a letter before whoever asked for it has had time to get
// their answer.
func TestSendingBeginsBehindTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := &Worker{}
		if w.Reserve() == nil {
			t.Fatal("no place is free")
		}
		w.Hand(&magiclink.Claim{})
		w.Wake()
		time.Sleep(aside - 1)
		synctest.Wait()
		if len(w.hand) != 0 || len(w.sweep) != 0 {
			t.Errorf("too soon: %d letters in hand, %d rings", len(w.hand), len(w.sweep))
		}
		time.Sleep(1)
		synctest.Wait()
		if len(w.hand) != 1 || len(w.sweep) != 1 {
			t.Errorf("%d letters in hand, %d rings", len(w.hand), len(w.sweep))
		}
	})
}
