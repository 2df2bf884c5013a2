package demo

import (
	"crypto/rand"
	"net/http"
	"sync"
	"time"
)

const (
	sessionTTL  = 8 * time.Hour
	maxSessions = 1000
)

// session is one signed-in browser. Values are copied, never shared.
type session struct {
	Grant       grant
	SignedInAt  time.Time
	RefreshedAt time.Time // zero before the first refresh
	Refreshes   int

	// refreshing is held while the refresh token is in use: a second click
	// waits for the new one instead of presenting a spent one.
	refreshing *sync.Mutex
}

// sessions keeps the signed-in browsers in memory by a random id: at most
// maxSessions, each for sessionTTL. A restart signs everyone out.
type sessions struct {
	now  func() time.Time
	mu   sync.Mutex
	byID map[string]session
}

func newSessions(now func() time.Time) *sessions {
	return &sessions{now: now, byID: map[string]session{}}
}

// add starts a session and returns its id. The oldest makes room if all are taken.
func (s *sessions) add(granted grant) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.byID) >= maxSessions {
		s.makeRoom()
	}
	id := rand.Text()
	s.byID[id] = session{Grant: granted, SignedInAt: s.now(), refreshing: new(sync.Mutex)}
	return id
}

// find returns the session with this id, if there is one and it has not expired.
func (s *sessions) find(id string) (session, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[id]
	if !ok || s.expired(found) {
		delete(s.byID, id)
		return session{}, false
	}
	return found, true
}

// replace updates a session that still exists; one that was signed out in the
// meantime stays signed out.
func (s *sessions) replace(id string, updated session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.byID[id]; ok {
		s.byID[id] = updated
	}
}

// remove ends a session; unknown ids are fine.
func (s *sessions) remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, id)
}

func (s *sessions) expired(x session) bool {
	return !s.now().Before(x.SignedInAt.Add(sessionTTL))
}

func (s *sessions) makeRoom() {
	oldest := ""
	for id, x := range s.byID {
		if s.expired(x) {
			delete(s.byID, id)
		} else if oldest == "" || x.SignedInAt.Before(s.byID[oldest].SignedInAt) {
			oldest = id
		}
	}
	if len(s.byID) >= maxSessions {
		delete(s.byID, oldest)
	}
}

// signIn starts a session in this browser under a new id, in place of the one it had.
func (a *App) signIn(w http.ResponseWriter, r *http.Request, granted grant) {
	if id, _, ok := a.session(r); ok {
		a.sessions.remove(id)
	}
	a.setCookie(w, sessionCookie, a.sessions.add(granted), "/", sessionTTL)
}

// session returns the session of the browser that asks, and its id.
func (a *App) session(r *http.Request) (string, session, bool) {
	cookie, err := r.Cookie(sessionCookie)
	if err != nil {
		return "", session{}, false
	}
	found, ok := a.sessions.find(cookie.Value)
	return cookie.Value, found, ok
}
