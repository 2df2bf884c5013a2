package demo

import (
	"fmt"
	"net/http"
)

// submitRefresh replaces the tokens of this session. A refusal means that the
// sign-in is over at the provider, so it is over here as well.
func (a *App) submitRefresh(w http.ResponseWriter, r *http.Request) error {
	id, current, ok := a.session(r)
	if !ok {
		return errSignedOut
	}
	provider, err := a.provider.get(r.Context())
	if err != nil {
		return err
	}
	current.refreshing.Lock()
	defer current.refreshing.Unlock()
	// Read again: while we waited, another click may have refreshed it.
	if current, ok = a.sessions.find(id); !ok || current.Grant.RefreshToken == "" {
		return errSignedOut
	}
	renewed, err := provider.renew(r.Context(), current.Grant)
	if err != nil {
		if ended(err) {
			a.sessions.remove(id)
			a.dropCookie(w, sessionCookie, "/")
		}
		return fmt.Errorf("refresh session: %w", err)
	}
	current.Grant = renewed
	current.RefreshedAt = a.cfg.Now()
	current.Refreshes++
	a.sessions.replace(id, current)
	http.Redirect(w, r, "/", http.StatusSeeOther)
	return nil
}
