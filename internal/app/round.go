package app

import (
	"context"
	"errors"
	"fmt"
)

// RunJobs does one round of everything that Serve repeats in the background, for
// whoever moves the time by himself. One job's failure does not keep the others from
// their round; the error names all that failed.
func (a *App) RunJobs(ctx context.Context) (err error) {
	for _, j := range a.Current().jobs() {
		if failed := j.Run(ctx); failed != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", j.Name, failed))
		}
	}
	return err
}
