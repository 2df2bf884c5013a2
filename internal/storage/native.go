package storage

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"idp/internal/idp"
	"idp/internal/magiclink"
)

// byNativeLink wants the client that asked and, if its handle is there, that too.
// An invitation, which nobody asked for, is for its page.
var byNativeLink = newWay("(SELECT challenge_id FROM challenge_secrets WHERE link_hash = ?)",
	`UPDATE challenges SET state = 'approved', approved_by = 'email_link', approved_at = ?, session_id = ?, link_used_at = ?
	WHERE id = (SELECT challenge_id FROM challenge_secrets WHERE link_hash = ? AND expires_at > ?)
		AND number = '' AND browser_hash <> '' AND client_id = ? AND CAST(? AS TEXT) IN ('', browser_hash)
		AND expires_at > ? AND state IN ('pending', 'locked') AND link_used_at = 0 RETURNING `+challengeColumns)

// ApproveNative approves the challenge of a live link for the application that
// asked by itself, once. For whatever else it returns idp.ErrUsed.
func (s *Store) ApproveNative(ctx context.Context, u magiclink.NativeUse) (magiclink.Approval, error) {
	if u.Link == "" || u.ClientID == "" {
		return magiclink.Approval{}, idp.ErrUsed
	}
	spend := []any{ms(u.Now), u.Session.ID, ms(u.Now), string(u.Link), ms(u.Now), u.ClientID, string(u.Browser), ms(u.Now)}
	a := newApproving(ctx, byNativeLink, spend, string(u.Link), u.Session, u.SessionHash, "", u.Now)
	if err := s.jointly(ctx, durable, a.steps()...); err != nil {
		return magiclink.Approval{}, wrap("approve native link", err)
	}
	ok, err := a.result()
	return ok, wrap("approve native link", err)
}

// TryNativeCode compares a typed code with the three newest live codes that an
// application has asked for an address, whichever challenges they belong to.
// Before that, each of these challenges counts it, and the budgets do: they are
// counted first, which makes tries for one address wait for each other.
func (s *Store) TryNativeCode(ctx context.Context, t magiclink.NativeTry) (magiclink.Approval, error) {
	var ok magiclink.Approval
	var miss error
	err := s.batches(ctx, func(tx *gorm.DB, together func(...*step) error) error {
		ok, miss = magiclink.Approval{}, nil
		alive, err := nativeChallenges(tx, t)
		if err != nil {
			return err
		}
		if len(alive) == 0 {
			miss = idp.ErrNotFound
			return count(tx, t.Network, t.Now)
		}
		if err := count(tx, t.Counts, t.Now); err != nil {
			return err
		}
		tried, err := countTry(tx, alive, t)
		if err == nil && len(tried) == 0 {
			err = idp.ErrUsed // in the blink since they were found
		}
		if err != nil {
			return err
		}
		secrets, err := liveSecretsOf(tx, ids(tried), t.Now)
		if err != nil {
			return err
		}
		hit := matching(tried, secrets, t)
		if hit == nil {
			miss, err = countWrongNative(tx, tried, secrets, t)
			return err
		}
		ok, err = approveNativeCode(tx, together, hit, ids(tried), t)
		return err
	})
	if err == nil {
		err = miss
	}
	return ok, wrap("try native code", err)
}

// nativeChallenges finds what a code may belong to. It locks nothing.
func nativeChallenges(tx *gorm.DB, t magiclink.NativeTry) (alive []string, err error) {
	err = tx.Raw(`SELECT id FROM challenges WHERE email = ? AND client_id = ? AND number = '' AND browser_hash <> '' AND state = 'pending' AND failures < ? AND expires_at > ?
		ORDER BY id DESC LIMIT 3`, t.Email, t.ClientID, t.ChallengeAttempts, ms(t.Now)).Scan(&alive).Error
	return alive, err
}

// countTry counts the try on those that are still alive, now that they are held.
func countTry(tx *gorm.DB, alive []string, t magiclink.NativeTry) (tried []challengeRow, err error) {
	err = tx.Raw(`UPDATE challenges SET failures = failures + 1 WHERE id IN ? AND state = 'pending' AND failures < ? AND expires_at > ?
		RETURNING `+challengeColumns, alive, t.ChallengeAttempts, ms(t.Now)).Scan(&tried).Error
	return tried, err
}

func ids(challenges []challengeRow) []string {
	out := make([]string, 0, len(challenges))
	for _, c := range challenges {
		out = append(out, c.ID)
	}
	return out
}

// liveSecretsOf is liveSecrets for several challenges: three codes in all.
func liveSecretsOf(tx *gorm.DB, challenges []string, now time.Time) ([]magiclink.Secret, error) {
	var rows []secretRow
	err := tx.Raw(`SELECT `+secretColumns+` FROM challenge_secrets WHERE challenge_id IN ? AND expires_at > ?
		ORDER BY minted_at DESC, id DESC LIMIT 3`, challenges, ms(now)).Scan(&rows).Error
	out := make([]magiclink.Secret, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.secret())
	}
	return out, err
}

// matching returns the challenge whose code it is; nil if it is none's. Like
// anyMatches, it compares with all.
func matching(tried []challengeRow, secrets []magiclink.Secret, t magiclink.NativeTry) (hit *challengeRow) {
	for _, sec := range secrets {
		if !t.Matches(sec) || sec.Failures >= t.CodeAttempts {
			continue
		}
		for i := range tried {
			if tried[i].ID == sec.ChallengeID {
				hit = &tried[i]
			}
		}
	}
	return hit
}

func countWrongNative(tx *gorm.DB, tried []challengeRow, secrets []magiclink.Secret, t magiclink.NativeTry) (miss, err error) {
	miss = idp.ErrLocked
	for i := range tried {
		var own []magiclink.Secret
		for _, sec := range secrets {
			if sec.ChallengeID == tried[i].ID {
				own = append(own, sec)
			}
		}
		why, err := countWrong(tx, &tried[i], own, t.CodeTry)
		if err != nil {
			return nil, err
		}
		if errors.Is(why, idp.ErrWrongCode) { // one of them still takes codes
			miss = why
		}
	}
	return miss, nil
}

// approveNativeCode gives the right code's counts back and approves.
func approveNativeCode(tx *gorm.DB, together func(...*step) error, hit *challengeRow, tried []string, t magiclink.NativeTry) (magiclink.Approval, error) {
	err := tx.Exec(`UPDATE challenges SET failures = failures - 1 WHERE id IN ? AND id <> ?`, tried, hit.ID).Error
	if err != nil {
		return magiclink.Approval{}, err
	}
	spend := []any{ms(t.Now), t.Session.ID, hit.ID, hit.BrowserHash, ms(t.Now)}
	a := newApproving(tx.Statement.Context, byCode, spend, hit.ID, t.Session, t.SessionHash, "", t.Now)
	if err := together(slices.Concat(a.steps(), uncount(t.Counts, t.Now))...); err != nil {
		return magiclink.Approval{}, err
	}
	return a.result()
}
