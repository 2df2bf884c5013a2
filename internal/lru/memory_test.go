package lru_test

import (
	"testing"

	"idp/internal/lru"
)

func TestTheLeastUsedIsForgotten(t *testing.T) {
	t.Parallel()
	m := lru.New[string, int](2)
	m.Put("a", 1)
	m.Put("b", 2)
	m.Get("a")
	m.Put("c", 3) // b was not used for the longest time
	for name, want := range map[string]int{"a": 1, "b": 0, "c": 3} {
		if got, found := m.Get(name); got != want || found != (want != 0) {
			t.Errorf("%s: %d, %v", name, got, found)
		}
	}
	m.Put("a", 4)
	if got, _ := m.Get("a"); got != 4 || m.Len() != 2 {
		t.Errorf("replaced: %d of %d entries", got, m.Len())
	}
	m.Drop("a")
	m.Drop("a")
	if _, found := m.Get("a"); found || m.Len() != 1 {
		t.Errorf("dropped: %v, %d entries", found, m.Len())
	}
}
