package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"idp/bench/caller"
	"idp/bench/smtpsink"
	"idp/bench/target"
)

// stage is everything that stands ready around the targets.
type stage struct {
	options
	database *database
	dir      string
	mails    *smtpsink.Sink
	targets  [2]contender // the product, the floor
}

// The two targets, as they stand in every pair of figures. With -rows the product
// with full tables stands beside the product with few people, with -beside the product
// beside another build of it.
const (
	product = iota
	floor
	full = product
	few  = floor
)

type contender struct {
	kind  target.Kind
	place target.Place
}

var databases = [2]string{"idp_bench", "idp_bench_floor"}

// newStage builds the targets and makes their databases.
func newStage(ctx context.Context, o options) (*stage, error) {
	d, err := findDatabase(ctx)
	if err != nil {
		return nil, err
	}
	s := &stage{options: o, database: d}
	if s.dir, err = os.MkdirTemp("", "idp-bench-"); err != nil {
		return nil, fmt.Errorf("make a place for the targets: %w", err)
	}
	if s.mails, err = smtpsink.Listen(); err != nil {
		return nil, err
	}
	if err := s.build(); err != nil {
		return nil, errors.Join(err, os.RemoveAll(s.dir))
	}
	secret := rand.Text() + rand.Text()
	for i := range s.targets {
		p := target.Place{Dir: s.dir, Mail: s.mails.Port(), Secret: secret}
		if i == floor && (o.rows > 0 || o.beside != "") { // the product as well
			p.Dir = filepath.Join(s.dir, "beside")
			if err := os.Mkdir(p.Dir, 0o700); err != nil {
				return nil, fmt.Errorf("make a place for the targets: %w", err)
			}
		}
		if p.Port, err = target.FreePort(); err != nil {
			return nil, err
		}
		if p.Database, err = d.create(ctx, databases[i]); err != nil {
			return nil, err
		}
		s.targets[i].place = p
	}
	return s, nil
}

func (s *stage) build() error {
	idp := filepath.Join(s.dir, "idp")
	err := target.Build(target.ProductPackage, idp, s.overlay, false)
	s.targets[product].kind = target.Product(idp)
	switch {
	case s.rows > 0:
		s.targets[few].kind = target.Product(idp)
	case s.beside != "":
		s.targets[floor].kind = target.Product(s.beside)
	default:
		yardstick := filepath.Join(s.dir, "floor")
		s.targets[floor].kind = target.Floor(yardstick)
		err = errors.Join(err, target.Build(target.FloorPackage, yardstick, "", false))
	}
	return err
}

func (s *stage) close() error {
	err := errors.Join(s.mails.Close(), os.RemoveAll(s.dir), s.database.watch.Close(context.Background()))
	for _, name := range databases {
		err = errors.Join(err, s.database.drop(context.Background(), name))
	}
	return err
}

// steps prepares an operation for as many workers as wanted, at a target that
// runs. Whoever is done with them hangs up: a server is not to keep the connections of
// callers that are gone.
func (s *stage) steps(t *target.Process, op operation, workers int) (steps []func() error, hangUp func(), err error) {
	p, err := caller.Meet(t.Issuer())
	if err != nil {
		return nil, nil, err
	}
	steps = make([]func() error, workers)
	for i := range steps {
		// The port keeps apart who signs in at which target.
		name := fmt.Sprintf("p%d.w%d", t.Port, i)
		if steps[i], err = op.prepare(setting{p, t.Clients(), s.mails, name, group{s.people(t), i, workers}}); err != nil {
			p.HangUp()
			return nil, nil, fmt.Errorf("prepare %s: %w", op.name, err)
		}
	}
	return steps, p.HangUp, nil
}
