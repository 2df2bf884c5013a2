package main

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// throughPooler sends the targets to the pooler of -pooler. Their schemas are made
// first: the lock of a migration is one of its connection, which a pooler that
// changes connections does not keep.
func (s *stage) throughPooler() error {
	if s.pooler == "" {
		return nil
	}
	running, err := s.startBoth()
	if err := errors.Join(err, stopBoth(running)); err != nil {
		return err
	}
	host, parameters, _ := strings.Cut(s.pooler, "?")
	for i := range s.targets {
		place := &s.targets[i].place
		u, err := url.Parse(place.Database)
		if err != nil {
			return fmt.Errorf("address of the database: %w", err)
		}
		if u.Host = host; parameters != "" {
			u.RawQuery += "&" + parameters
		}
		place.Database = u.String()
	}
	return nil
}
