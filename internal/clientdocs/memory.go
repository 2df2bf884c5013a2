package clientdocs

import (
	"container/list"
	"sync"
	"time"

	"idp/internal/idp"
)

// entry is what is remembered of a document: a client, or why there is none.
type entry struct {
	id     string
	client *idp.Client
	err    error
	until  time.Time // it counts without asking again
	stale  time.Time // it counts if asking fails
}

// memory keeps the entries that were used last.
type memory struct {
	mu   sync.Mutex
	max  int
	byID map[string]*list.Element
	used list.List // the latest first
}

func newMemory(limit int) *memory { return &memory{max: limit, byID: map[string]*list.Element{}} }

func (m *memory) get(id string) (entry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.byID[id]
	if e == nil {
		return entry{}, false
	}
	m.used.MoveToFront(e)
	return e.Value.(entry), true
}

func (m *memory) put(id string, v entry) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v.id = id
	if e := m.byID[id]; e != nil {
		e.Value = v
		m.used.MoveToFront(e)
		return
	}
	m.byID[id] = m.used.PushFront(v)
	if m.used.Len() > m.max {
		delete(m.byID, m.used.Remove(m.used.Back()).(entry).id)
	}
}

func (m *memory) drop(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if e := m.byID[id]; e != nil {
		m.used.Remove(e)
		delete(m.byID, id)
	}
}
