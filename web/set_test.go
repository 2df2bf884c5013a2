package web

import (
	"testing"
	"time"
)

// A page is parsed when it is first shown, so a broken one would be a failed request.
func TestEveryPageParsesInEveryLanguage(t *testing.T) {
	t.Parallel()
	p, err := Load(Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	if len(p.sets) == 0 {
		t.Fatal("there are no languages")
	}
	for w, s := range p.sets {
		if len(s) < 15 {
			t.Errorf("there are %d pages", len(s))
		}
		for name := range s {
			if _, err := s.template(name); err != nil {
				t.Errorf("%s in %s: %v", name, w.Locale, err)
			}
		}
	}
}
