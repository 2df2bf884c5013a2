package outbound_test

import (
	"testing"

	"idp/internal/outbound"
)

// One host never has all places, whatever port and path it is asked at.
func TestPlaces(t *testing.T) {
	t.Parallel()
	p := outbound.NewPlaces(3, 2)
	var back []func()
	for i, c := range []struct {
		address string
		free    bool
	}{
		{"https://slow.example.com/1", true}, {"https://slow.example.com:8443/2", true}, {"https://slow.example.com/3", false},
		{"https://other.example.com/", true}, {"https://third.example.com/", false},
	} {
		release, free := p.Take(c.address)
		if free != c.free {
			t.Errorf("%d, %s: %v", i, c.address, free)
		}
		if free {
			back = append(back, release)
		}
	}
	for _, release := range back {
		release()
	}
	if _, free := p.Take("https://slow.example.com/"); !free {
		t.Error("places are not given back")
	}
}
