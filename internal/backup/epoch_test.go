package backup_test

import (
	"net/http"
	"sync"
	"testing"

	"idp/internal/apptest"
	"idp/internal/audit"
	"idp/internal/testdb"
)

// worker is an application that redeems and refreshes for one person until it is
// refused.
type worker struct {
	tokens []string // refresh tokens, each the last of its grant
	faults []string
	runs   int
}

func (w *worker) work(p *apptest.Provider, b *apptest.Browser, busy func()) {
	for {
		request := apptest.Offline(apptest.Web)
		page := b.Authorize(request.With("prompt", "none"))
		a, ok := page.Answer()
		if page.Status >= 500 && page.Status != http.StatusServiceUnavailable {
			w.faults = append(w.faults, page.String())
		}
		if !ok || a.Code() == "" {
			return
		}
		r := p.Redeem(request, a.Code())
		if r.Status >= 500 && r.Status != http.StatusServiceUnavailable {
			w.faults = append(w.faults, r.String())
		}
		if r.Status != http.StatusOK {
			return
		}
		w.tokens = append(w.tokens, r.Refresh())
		if next := p.Refresh(apptest.Web, r.Refresh(), ""); next.Status == http.StatusOK {
			w.tokens[len(w.tokens)-1] = next.Refresh()
		}
		w.runs++
		busy()
	}
}

// An epoch that is raised while everybody is at work ends that work: no grant slips
// in beside it, and nothing is a fault.
func TestEpochUnderLoad(t *testing.T) {
	t.Parallel()
	testdb.EachURL(t, func(t *testing.T, url string) {
		p := apptest.New(t, url, apptest.Faulty())
		const people = 6
		workers := make([]worker, people)
		browsers := make([]*apptest.Browser, people)
		for i := range browsers {
			browsers[i] = p.Browser()
			browsers[i].SignInHere("ada@example.com")
		}
		var wg, warm sync.WaitGroup
		warm.Add(people)
		for i := range workers {
			var once sync.Once
			wg.Go(func() {
				defer once.Do(warm.Done)
				workers[i].work(p, browsers[i], func() {
					if workers[i].runs == 2 {
						once.Do(warm.Done)
					}
				})
			})
		}
		warm.Wait()
		epoch, err := p.App.Store.RaiseEpoch(t.Context(), "a test", p.Clock.Now())
		if err != nil || epoch.Number != 1 || epoch.Sessions < people {
			t.Fatalf("%+v, %v", epoch, err)
		}
		if told, err := p.App.Store.Events(t.Context(), audit.Query{Name: string(audit.EpochRaised)}); err != nil || len(told) != 1 || told[0].Detail != `{"epoch":1}` {
			t.Errorf("the audit log tells %+v, %v", told, err)
		}
		wg.Wait() // they end by themselves, as they are refused
		for i := range workers {
			if workers[i].runs < 2 || len(workers[i].faults) > 0 {
				t.Errorf("worker %d: %d runs, %v", i, workers[i].runs, workers[i].faults)
			}
			for _, token := range workers[i].tokens {
				if r := p.Refresh(apptest.Web, token, ""); r.Status == http.StatusOK {
					t.Errorf("a grant slipped in beside the epoch: %s", r)
				}
			}
		}
		if r := p.Refresh(apptest.Web, p.Browser().Tokens(apptest.Offline(apptest.Web), "ada@example.com").Refresh(), ""); r.Status != http.StatusOK {
			t.Errorf("who signs in anew cannot stay: %s", r)
		}
	})
}
