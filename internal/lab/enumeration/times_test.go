package enumeration_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"net/url"
	"runtime"
	"runtime/debug"
	"slices"
	"testing"
	"time"

	"idp/internal/apptest"
	"idp/internal/prove"
)

const (
	samples = 20_000 // of each kind
	warmUp  = 500
	// suspicious is the t from which on two means differ beyond doubt: one pair of
	// equals in a hundred thousand gets there.
	suspicious = 4.5
	// kept is the part of all times that counts: the slowest are the machine's.
	kept = 0.9
)

// The time of an answer does not say whether an address is known. Interleaved in
// random order, so that whatever else the machine does hits all kinds alike.
func TestTimesDoNotTellWhoIsKnown(t *testing.T) {
	n := prove.Count(20, samples)
	p := provider(t)
	b := p.Browser()
	b.Open("/login")
	times := make([][]float64, len(kinds))
	runtime.GC()
	defer debug.SetGCPercent(debug.SetGCPercent(400))
	for i := range n + warmUp {
		if !prove.Long() && i > 2*n {
			break
		}
		for _, k := range rand.Perm(len(kinds)) {
			took := timed(b, kinds[k].email)
			if i >= warmUp {
				times[k] = append(times[k], took)
			}
		}
	}
	if !prove.Long() {
		return // the measurement works; its numbers mean nothing here
	}
	limit, worst := cut(times), 0.0
	for k := 1; k < len(kinds); k++ {
		score := welch(below(times[0], limit), below(times[k], limit))
		t.Logf("%-20s mean %6.0f µs, t = %+.2f against known", kinds[k].name, 1e6*mean(below(times[k], limit)), score)
		if kinds[k].name == returned {
			continue // the page itself says it
		}
		if math.Abs(score) >= suspicious {
			t.Errorf("%s: the times tell", kinds[k].name)
		}
		worst = max(worst, math.Abs(score))
	}
	prove.Figure(t, fmt.Sprintf("%d answers of each of %d kinds", n, len(kinds)-1), "Welch's |t| at most %.2f, below %.1f", worst, suspicious)
}

func timed(b *apptest.Browser, email string) float64 {
	start := time.Now()
	b.Post("/login", url.Values{"email": {email}})
	return time.Since(start).Seconds()
}

// cut is the time below which the kept part of all is.
func cut(times [][]float64) float64 {
	all := slices.Concat(times...)
	slices.Sort(all)
	return all[int(kept*float64(len(all)))]
}

func below(times []float64, limit float64) []float64 {
	return slices.DeleteFunc(slices.Clone(times), func(x float64) bool { return x > limit })
}

func mean(xs []float64) float64 {
	sum := 0.0
	for _, x := range xs {
		sum += x
	}
	return sum / float64(len(xs))
}

func variance(xs []float64) float64 {
	m, sum := mean(xs), 0.0
	for _, x := range xs {
		sum += (x - m) * (x - m)
	}
	return sum / float64(len(xs)-1)
}

// welch is the t of two means whose variances may differ.
func welch(a, b []float64) float64 {
	return (mean(b) - mean(a)) / math.Sqrt(variance(a)/float64(len(a))+variance(b)/float64(len(b)))
}
