package admin

import (
	"context"
	"errors"
	"strings"

	"idp/internal/audit"
	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/pattern"
)

// ErrUnproved says that a change wants a mailbox that was proved a moment ago.
var ErrUnproved = errors.New("the sign-in is too old for this")

// ErrDeclared says that an application is one of the configuration.
var ErrDeclared = errors.New("it stands in the configuration, and goes when it is taken out there")

// reasons are the errors that refuse a change, with their words in the audit log.
// Every other error is a fault, which the log of the process has, or no refusal.
var reasons = []struct {
	err  error
	word string
}{
	{idp.ErrNotFound, "unknown"},
	{idp.ErrConflict, "conflict"},
	{idp.ErrUsed, "used"},
	{magiclink.ErrAddress, "invalid"},
	{ErrGroup, "invalid"},
	{ErrGroups, "invalid"},
	{ErrAlgorithm, "invalid"},
	{ErrInvitation, "invalid"},
	{ErrDeclared, "declared"},
	{ErrUnproved, "unproved"},
}

var idShape = pattern.Lazy(`^[a-z]{2,4}_(dev_)?[0-9a-z]{1,40}$`)

// Refused writes down that a change was refused, if err is a refusal, and returns err.
// change is the name of the event that it would have been, about is the id of whom or
// what it was about. Whatever is not shaped like one of our ids is not kept: it may be
// the address of somebody who was deleted.
func (s *Service) Refused(ctx context.Context, change audit.Name, about string, err error) error {
	word := ""
	for _, r := range reasons {
		if word == "" && errors.Is(err, r.err) {
			word = r.word
		}
	}
	if word == "" || change == "" {
		return err
	}
	e := audit.Event{At: s.Now(), Name: audit.AdminChangeRefused, Actor: audit.Unknown, Result: word}
	detail := []any{"change", string(change)}
	switch {
	case strings.HasPrefix(about, "usr_") && idShape().MatchString(about):
		e.Subject = about
	case idShape().MatchString(about):
		detail = append([]any{"about", about}, detail...)
	}
	e.Detail = audit.Detail(detail...)
	if fault := s.Store.Record(ctx, e); fault != nil {
		return errors.Join(err, fault)
	}
	return err
}
