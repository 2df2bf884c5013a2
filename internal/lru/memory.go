package lru

import (
	"container/list"
	"sync"
)

// Memory keeps the entries that were used last, by name. It is safe for
// concurrent use.
type Memory[K comparable, V any] struct {
	mu     sync.Mutex
	max    int
	byName map[K]*list.Element
	used   list.List // the latest first
}

type entry[K comparable, V any] struct {
	name  K
	value V
}

// New makes a Memory of at most limit entries.
func New[K comparable, V any](limit int) *Memory[K, V] {
	return &Memory[K, V]{max: limit, byName: map[K]*list.Element{}}
}

// Get returns what was put under the name, and whether anything was.
func (m *Memory[K, V]) Get(name K) (value V, found bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byName[name]
	if e == nil {
		return value, false
	}
	m.used.MoveToFront(e)
	return e.Value.(entry[K, V]).value, true
}

// Put replaces what is under the name. If there is no room, it forgets the entry
// that was not used for the longest time.
func (m *Memory[K, V]) Put(name K, value V) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byName[name]; e != nil {
		e.Value = entry[K, V]{name, value}
		m.used.MoveToFront(e)
		return
	}
	m.byName[name] = m.used.PushFront(entry[K, V]{name, value})
	if m.used.Len() > m.max {
		delete(m.byName, m.used.Remove(m.used.Back()).(entry[K, V]).name)
	}
}

// Drop forgets the name.
func (m *Memory[K, V]) Drop(name K) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byName[name]; e != nil {
		m.used.Remove(e)
		delete(m.byName, name)
	}
}

// Len is the number of entries.
func (m *Memory[K, V]) Len() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.used.Len()
}
