package app

import "context"

// codeLength writes down that somebody is guessing codes, and that it is over.
func (a *App) codeLength(long bool, wrong int) {
	if long {
		a.log.Warn("many wrong codes: new mails carry codes of eight characters", "wrong", wrong)
		return
	}
	a.log.Warn("few wrong codes again: new mails carry codes of six digits", "wrong", wrong)
}

// Settle writes down the budgets that are counted in memory, as the job of this
// name does once a second.
func (a *App) Settle(ctx context.Context) error { return a.settle(ctx) }
