package storage_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/magiclink"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// race runs n callers at once and returns their errors.
func race(n int, call func(i int) error) []error {
	errs := make([]error, n)
	var ready, done sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		ready.Add(1)
		done.Add(1)
		go func() {
			defer done.Done()
			ready.Done()
			<-gate
			errs[i] = call(i)
		}()
	}
	ready.Wait()
	close(gate)
	done.Wait()
	return errs
}

func winners(errs []error) (n int, rest error) {
	for _, err := range errs {
		if err == nil {
			n++
		} else if !errors.Is(err, idp.ErrUsed) && !errors.Is(err, idp.ErrConflict) {
			rest = err
		}
	}
	return n, rest
}

// Each of these is a one-shot: of 32 callers at once exactly one may win.
func TestOneShotsHaveOneWinner(t *testing.T) {
	t.Parallel()
	shots := map[string]func(m *mailbox) func(i int) error{
		"link here": func(m *mailbox) func(int) error {
			_, mail := m.ask("ada@example.com", "b1")
			return func(int) error {
				_, _, err := m.use(mail, asker("b1", "192.0.2.1"))
				return err
			}
		},
		"link elsewhere": func(m *mailbox) func(int) error {
			_, mail := m.ask("ada@example.com", "b1")
			return func(i int) error {
				_, _, err := m.use(mail, asker(fmt.Sprint("other", i), "192.0.2.1"))
				return err
			}
		},
		"link here and elsewhere": func(m *mailbox) func(int) error {
			_, mail := m.ask("ada@example.com", "b1")
			return func(i int) error {
				_, _, err := m.use(mail, asker([]string{"b1", "b2"}[i%2], "192.0.2.1"))
				return err
			}
		},
		"code": func(m *mailbox) func(int) error {
			c, mail := m.ask("ada@example.com", "b1")
			return func(int) error {
				_, _, err := m.login.SubmitCode(context.Background(), c.ID, mail.Code.Reveal(), asker("b1", "192.0.2.1"))
				return err
			}
		},
		"native link and code": func(m *mailbox) func(int) error {
			handle, mail := m.askNative("ada@example.com")
			return func(i int) error {
				var err error
				switch a := asker("", "192.0.2.1"); i % 4 {
				case 0:
					_, err = m.login.UseNativeLink(context.Background(), mail.Link, secret.Token{}, "app", a)
				case 1:
					_, err = m.login.UseNativeLink(context.Background(), mail.Link, handle, "app", a)
				case 2:
					_, err = m.login.SubmitNativeCode(context.Background(), handle, mail.Code.Reveal(), "app", a)
				default:
					_, err = m.login.SubmitNativeCodeFor(context.Background(), "ada@example.com", mail.Code.Reveal(), "app", a)
				}
				if errors.Is(err, idp.ErrNotFound) { // nothing is alive any more
					return idp.ErrUsed
				}
				return err
			}
		},
		"authorization code": func(m *mailbox) func(int) error {
			g := m.grantOf("ada@example.com")
			return func(int) error {
				_, _, err := m.store.RedeemCode(context.Background(), g, m.now)
				return err
			}
		},
		"refresh": func(m *mailbox) func(int) error {
			g := m.grantOf("ada@example.com")
			if _, _, err := m.store.RedeemCode(context.Background(), g, m.now); err != nil {
				m.t.Fatal(err)
			}
			return func(int) error {
				return m.store.AdvanceGrant(context.Background(), g, g.Generation+1, m.now.Add(time.Hour), m.now)
			}
		},
		"logout notice": func(m *mailbox) func(int) error {
			m.declare("app")
			if _, err := m.store.SignOut(context.Background(), m.granted("ada@example.com", "app").SessionID, m.now); err != nil {
				m.t.Fatal(err)
			}
			return func(int) error {
				_, _, err := m.claim()
				if errors.Is(err, idp.ErrNotFound) {
					return idp.ErrUsed
				}
				return err
			}
		},
		"letter to a marked mailbox": func(m *mailbox) func(int) error {
			ctx := context.Background()
			before := m.now.Add(-25 * time.Hour)
			mark := magiclink.Bounce{Email: "ada@example.com", Reason: magiclink.NoMailbox, Mark: true, WrittenAt: before, At: before}
			if err := m.store.RecordBounce(ctx, mark); err != nil {
				m.t.Fatal(err)
			}
			for range 32 {
				c := magiclink.Challenge{ID: secret.NewID("", m.now), Email: mark.Email, Browser: "b", State: magiclink.Pending, Sends: 1, CreatedAt: m.now, ExpiresAt: m.now.Add(time.Hour)}
				l := magiclink.Letter{ID: secret.NewID("let_", m.now), ChallengeID: c.ID, Recipient: c.Email, AskedAt: m.now, ExpiresAt: c.ExpiresAt}
				if _, err := m.store.CreateChallenge(ctx, c, l, magiclink.Admission{}, m.take()); err != nil {
					m.t.Fatal(err)
				}
			}
			return func(int) error {
				claim, err := m.store.ClaimLetter(ctx, m.now, m.take())
				if errors.Is(err, idp.ErrNotFound) || err == nil && claim == nil {
					return idp.ErrUsed
				}
				return err
			}
		},
		"spending": func(m *mailbox) func(int) error {
			return func(int) error {
				return m.store.Spend(context.Background(), idp.Once{Hash: "hash", Expires: m.now.Add(time.Minute)})
			}
		},
		"spending two at once": func(m *mailbox) func(int) error {
			return func(i int) error {
				own := secret.Hash(fmt.Sprint("own", i))
				err := m.store.Spend(context.Background(), idp.Once{Hash: own, Expires: m.now.Add(time.Minute)}, idp.Once{Hash: "common", Expires: m.now.Add(time.Minute)})
				var spent *idp.SpentError
				if errors.As(err, &spent) && spent.Which != "common" {
					return fmt.Errorf("%s was spent by nobody else", spent.Which)
				}
				return err
			}
		},
		"device approval": func(m *mailbox) func(int) error {
			d := m.device("ada@example.com")
			return func(i int) error {
				state := []idp.DeviceState{idp.DeviceApproved, idp.DeviceDenied}[i%2]
				return m.store.DecideDevice(context.Background(), d.ID, state, d.UserID, d.SessionID, m.now)
			}
		},
		"device redemption": func(m *mailbox) func(int) error {
			g := m.grantOf("ada@example.com")
			d := m.device("ada@example.com")
			if err := m.store.DecideDevice(context.Background(), d.ID, idp.DeviceApproved, g.UserID, g.SessionID, m.now); err != nil {
				m.t.Fatal(err)
			}
			return func(int) error {
				d, err := m.store.PollDevice(context.Background(), deviceHash, "app", m.now)
				if err != nil || d.State != idp.DeviceApproved {
					return err
				}
				g := g // each caller has its own
				g.ID = d.GrantID
				_, _, err = m.store.RedeemCode(context.Background(), g, m.now)
				return err
			}
		},
		"signing key": func(m *mailbox) func(int) error {
			return func(i int) error {
				k := idp.SigningKey{ID: fmt.Sprint("k", i), Algorithm: idp.ES256, State: idp.KeyActive, Private: "x", CreatedAt: m.now, ActivateAt: m.now}
				return m.store.ChangeKeys(context.Background(), []idp.SigningKey{k}, nil, m.now)
			}
		},
		"resend": func(m *mailbox) func(int) error {
			c, _ := m.ask("ada@example.com", "b1")
			m.now = m.now.Add(time.Minute)
			return func(int) error {
				err := m.login.SendAgain(context.Background(), c.ID, asker("b1", "192.0.2.1"))
				var limited *idp.LimitedError
				if errors.As(err, &limited) {
					return idp.ErrUsed
				}
				return err
			}
		},
	}
	for name, shot := range shots {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testdb.Each(t, func(t *testing.T, s *storage.Store) {
				errs := race(32, shot(newMailbox(t, s)))
				if n, rest := winners(errs); n != 1 || rest != nil {
					t.Fatalf("%d winners of 32, other error: %v", n, rest)
				}
			})
		})
	}
}

// askNative is ask for the application "app", which asks by itself.
func (m *mailbox) askNative(email string) (handle secret.Token, mail magiclink.Minted) {
	m.t.Helper()
	_, handle, err := m.login.StartNative(context.Background(), email, "app", asker("", "192.0.2.1"))
	if err != nil {
		m.t.Fatal(err)
	}
	return handle, m.send()
}
