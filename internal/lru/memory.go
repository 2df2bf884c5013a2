package lru

import (
	"container/list"
	"sync"
)

// Memory keeps the entries that were used last, by name. It is safe for
// concurrent use.
type Memory[V any] struct {
	mu     sync.Mutex
	max    int
	byName map[string]*list.Element
	used   list.List // the latest first
}

type entry[V any] struct {
	name  string
	value V
}

// New makes a Memory of at most limit entries.
func New[V any](limit int) *Memory[V] {
	return &Memory[V]{max: limit, byName: map[string]*list.Element{}}
}

// Get returns what was put under the name, and whether anything was.
func (m *Memory[V]) Get(name string) (value V, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byName[name]
	if e == nil {
		return value, false
	}
	m.used.MoveToFront(e)
	return e.Value.(entry[V]).value, true
}

// Put replaces what is under the name. If there is no room, it forgets the entry
// that was not used for the longest time.
func (m *Memory[V]) Put(name string, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byName[name]; e != nil {
		e.Value = entry[V]{name, value}
		m.used.MoveToFront(e)
		return
	}
	m.byName[name] = m.used.PushFront(entry[V]{name, value})
	if m.used.Len() > m.max {
		delete(m.byName, m.used.Remove(m.used.Back()).(entry[V]).name)
	}
}

// Drop forgets the name.
func (m *Memory[V]) Drop(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byName[name]; e != nil {
		m.used.Remove(e)
		delete(m.byName, name)
	}
}

// Len is the number of entries.
func (m *Memory[V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used.Len()
}
