package storage

import (
	"context"
	"time"

	"gorm.io/gorm"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// replacing is what becomes of the session that a browser had when it signs in. One
// of the same person goes on under the new token, so that the applications which know
// of it stay signed in and hear of its end; one of anybody else is signed out. The old
// token is good for nothing in either case.
type replacing struct {
	renews, leaves []*step
	renew          *step  // the first of renews; nil without a session
	id             string // of the session that goes on, if renew found one
}

// newReplacing does nothing for a browser that has no session. The steps of renews
// come in front of the one that makes a new session, and leave nothing to it if
// there is one that goes on.
func newReplacing(ctx context.Context, w way, challenge string, session idp.Session, hash, old secret.Hash, now time.Time) *replacing {
	if old == "" {
		return &replacing{}
	}
	r := &replacing{leaves: leaving(ctx, old, hash, now)}
	r.renew = &step{query: w.renew, args: append(renewal(session, hash), challenge, string(old), ms(now), challenge, session.ID), into: []any{&r.id}}
	moved := &step{query: w.moved, args: []any{string(hash), challenge, session.ID, string(hash)}}
	r.renews = []*step{r.renew, moved}
	return r
}

func (r *replacing) renewed() bool { return r.renew != nil && r.renew.found }

// renewSession takes the arguments of renewal, then the one that finds the challenge,
// the old token, the time, and those that find the person.
func renewSession(challenge, person string) string {
	return `UPDATE sessions SET token_hash = ?, last_seen_at = ?, expires_at = ?, absolute_at = ?, auth_time = ?, amr = ?, acr = ?, ip = ?, user_agent = ?, challenge_id = ` + challenge + `
		WHERE token_hash = ? AND revoked_at = 0 AND expires_at > ? AND user_id = ` + person + ` RETURNING id`
}

func renewal(s idp.Session, hash secret.Hash) []any {
	return []any{string(hash), ms(s.LastSeenAt), ms(s.ExpiresAt), ms(s.AbsoluteAt), ms(s.AuthTime), list(s.AMR), s.ACR, s.IP, s.UserAgent}
}

var renewTheirs = renewSession("?", "?")

// renewOwn stores a session, or renews the one that the browser has of the same
// person. It returns the id.
func renewOwn(tx *gorm.DB, challengeID string, session idp.Session, u magiclink.LinkUse) (string, error) {
	var id string
	renew := &step{query: renewTheirs, args: append(renewal(session, u.SessionHash), challengeID, string(u.Replaces), ms(u.Now), session.UserID), into: []any{&id}}
	if u.Replaces != "" {
		if err := renew.run(tx); err != nil || renew.found {
			return id, err
		}
	}
	return session.ID, insertSession(tx, session, u.SessionHash, challengeID)
}

// leaving signs out who the browser was signed in as, once it has another session.
func leaving(ctx context.Context, old, hash secret.Hash, now time.Time) []*step {
	if old == "" {
		return nil
	}
	return []*step{
		{query: leaveSession, args: []any{ms(now), string(old), string(hash)}},
		selectEvent(ctx, ofLeft, audit.Event{At: now, Name: audit.SessionEnded, Result: "replaced"}, audit.Detail("session", "*"), string(old), ms(now)),
		notifyStep(now, `g.session_id = (SELECT s.id FROM sessions s WHERE s.token_hash = ? AND s.revoked_at = ?)`, string(old), ms(now)),
	}
}

const leaveSession = `UPDATE sessions SET revoked_at = ?, revoke_reason = 'replaced' WHERE token_hash = ? AND revoked_at = 0
	AND EXISTS (SELECT 1 FROM sessions n WHERE n.token_hash = ?)`

var ofLeft = told{
	subject: `s.user_id`, detail: `REPLACE(CAST(? AS TEXT), '*', s.id)`, from: `sessions s WHERE s.token_hash = ? AND s.revoked_at = ?`,
}.statement()
