package storage

import (
	"time"

	"idp/internal/magiclink"
)

// newDomainCounting counts where no user has an address of the domain, and tells of
// no row otherwise; nil without a budget. It is one statement whoever is asked for,
// so that the time of an answer does not say whether somebody of the domain is
// known. What is counted stays counted: it is no more than what was asked for.
func newDomainCounting(b *magiclink.Count, domain string, now time.Time) *counting {
	if b == nil {
		return nil
	}
	c := newCounting([]magiclink.Count{*b}, now)
	c.query = `INSERT INTO counters (key, used_at, count1, ends1, count2, ends2, count3, ends3)
		SELECT CAST(? AS TEXT), CAST(? AS BIGINT), 1, CAST(? AS BIGINT), 1, CAST(? AS BIGINT), 1, CAST(? AS BIGINT)
		WHERE NOT EXISTS (SELECT 1 FROM users WHERE ` + domainPart + ` = ?)` + onCounted
	c.args = append(c.args, domain)
	return c
}
