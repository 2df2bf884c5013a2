package gate_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"idp/internal/gate"
	"idp/internal/idp"
	"idp/internal/oidc"
)

// known are the tokens of these tests: what a provider would say of each.
type known map[string]struct {
	bearer oidc.Bearer
	err    error
}

// Bearer implements gate.Tokens.
func (k known) Bearer(_ context.Context, token string) (oidc.Bearer, error) {
	b, ok := k[token]
	if !ok {
		return oidc.Bearer{}, idp.ErrNotFound
	}
	return b.bearer, b.err
}

var (
	boss    = idp.User{ID: "usr_boss", Email: "boss@example.com"}
	eve     = idp.User{ID: "usr_eve", Email: "eve@example.com"}
	proved  = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	expires = proved.Add(time.Hour)
	wanted  = []string{"openid", "admin"}
	tokens  = known{
		"boss":    {bearer: oidc.Bearer{ClientID: "ops", Scopes: wanted, User: boss, GrantID: "gr_1", AuthTime: proved, Expires: expires}},
		"robot":   {bearer: oidc.Bearer{ClientID: "robot", Scopes: []string{"admin"}, GrantID: "client:robot", Expires: expires}},
		"eve":     {bearer: oidc.Bearer{ClientID: "ops", Scopes: wanted, User: eve, GrantID: "gr_2"}},
		"other":   {bearer: oidc.Bearer{ClientID: "notes", Scopes: wanted, User: boss}},
		"nobody":  {bearer: oidc.Bearer{ClientID: "", Scopes: wanted, User: boss}},
		"case":    {bearer: oidc.Bearer{ClientID: "OPS", Scopes: wanted, User: boss}},
		"plain":   {bearer: oidc.Bearer{ClientID: "ops", Scopes: []string{"openid"}, User: boss}},
		"none":    {bearer: oidc.Bearer{ClientID: "robot"}},
		"like":    {bearer: oidc.Bearer{ClientID: "robot", Scopes: []string{"administrator", "Admin", "admin:read", "admin admin"}}},
		"expired": {err: fmt.Errorf("read it: %w", idp.ErrExpired)},
		"ended":   {err: fmt.Errorf("read it: %w", idp.ErrNotFound)},
		// A provider says nothing of a token that is dead; if one did, nobody must act on it.
		"late":  {bearer: oidc.Bearer{ClientID: "ops", Scopes: wanted, User: boss}, err: idp.ErrExpired},
		"away":  {err: fmt.Errorf("read it: %w", idp.ErrUnavailable)},
		"fault": {err: errors.New("something else")},
	}
)

func newGate(clients ...string) *gate.Gate {
	return &gate.Gate{Clients: clients, Tokens: tokens, Member: func(u *idp.User) bool { return u.ID == boss.ID }}
}

// Threat: somebody with a token that is not one of an administrator.
func TestAdmit(t *testing.T) {
	t.Parallel()
	door := newGate("ops", "robot")
	for token, want := range map[string]struct {
		why gate.Why
		who string // what is known of them
	}{
		"": {gate.NoToken, ""}, "unheard": {gate.BadToken, ""}, "ended": {gate.BadToken, ""}, "expired": {gate.Expired, ""}, "late": {gate.Expired, ""},
		"other": {gate.WrongClient, boss.ID}, "nobody": {gate.WrongClient, boss.ID}, "case": {gate.WrongClient, boss.ID},
		"plain": {gate.NoScope, boss.ID}, "none": {gate.NoScope, "robot"}, "like": {gate.NoScope, "robot"}, "eve": {gate.NotInGroup, eve.ID},
	} {
		got, err := door.Admit(t.Context(), token)
		no, ok := errors.AsType[*gate.Refusal](err)
		if !ok || no.Why != want.why || no.Caller.ID != want.who || no.Caller != got {
			t.Errorf("%q: %+v, %v", token, got, err)
		}
	}
	for token, want := range map[string]gate.Caller{
		"boss":  {ID: boss.ID, UserID: boss.ID, Email: boss.Email, ClientID: "ops", GrantID: "gr_1", AuthTime: proved, Expires: expires},
		"robot": {ID: "robot", ClientID: "robot", GrantID: "client:robot", Expires: expires},
	} {
		if got, err := door.Admit(t.Context(), token); err != nil || got != want {
			t.Errorf("%s: %+v, %v", token, got, err)
		}
	}
}

// A door opens for the applications that it names, and for no others: the console's
// takes no robots, and one that names nobody admits nobody.
func TestDoorsAreApart(t *testing.T) {
	t.Parallel()
	for name, door := range map[string]*gate.Gate{"no clients": newGate(), "an empty one": newGate(""), "another": newGate("idp-console")} {
		for _, token := range []string{"boss", "robot"} {
			_, err := door.Admit(t.Context(), token)
			if no, ok := errors.AsType[*gate.Refusal](err); !ok || no.Why != gate.WrongClient {
				t.Errorf("%s, %s: %v", name, token, err)
			}
		}
	}
}

// Whoever cannot be asked after is no stranger: a database that is away must not
// read as a refusal in the audit log, and admits nobody.
func TestWhoCannotTell(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]error{"away": idp.ErrUnavailable, "fault": tokens["fault"].err} {
		got, err := newGate("ops").Admit(t.Context(), token)
		if _, refused := errors.AsType[*gate.Refusal](err); refused || !errors.Is(err, want) || got != (gate.Caller{}) {
			t.Errorf("%s: %+v, %v", token, got, err)
		}
	}
}

// A refusal names its word first, which is the audit log's, and keeps the cause.
func TestRefusalsInWords(t *testing.T) {
	t.Parallel()
	for token, want := range map[string]string{"": "no_token", "eve": "not_in_group", "expired": "expired_token: read it: " + idp.ErrExpired.Error()} {
		if _, err := newGate("ops").Admit(t.Context(), token); err == nil || err.Error() != want {
			t.Errorf("%q: %v", token, err)
		}
	}
	if _, err := newGate("ops").Admit(t.Context(), "expired"); !errors.Is(err, idp.ErrExpired) {
		t.Errorf("the cause is lost: %v", err)
	}
}
