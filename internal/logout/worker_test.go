package logout_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"idp/internal/idp"
	"idp/internal/logout"
	"idp/internal/magiclink"
	"idp/internal/outbound"
	"idp/internal/secret"
	"idp/internal/storage"
	"idp/internal/testdb"
)

// scene is a store, a client that is told of logouts, and workers by the hand.
type scene struct {
	t      *testing.T
	store  *storage.Store
	now    time.Time
	asked  atomic.Int64
	status atomic.Int64 // of the client's answers
	body   string
	length string // what they say of the body's length; "" for the truth
	uri    string
}

func newScene(t *testing.T, s *storage.Store) *scene {
	t.Helper()
	sc := &scene{t: t, store: s, now: time.UnixMilli(1_800_000_000_000).UTC()}
	sc.status.Store(http.StatusOK)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		sc.asked.Add(1)
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" || r.PostFormValue("logout_token") == "" {
			t.Errorf("%s %v", r.Method, r.Header)
		}
		if sc.length != "" {
			w.Header().Set("Content-Length", sc.length)
		}
		w.WriteHeader(int(sc.status.Load()))
		io.WriteString(w, sc.body)
	}))
	t.Cleanup(server.Close)
	sc.uri = server.URL + "/out"
	sc.declare(sc.uri)
	return sc
}

func (sc *scene) declare(uri string) {
	sc.t.Helper()
	change := idp.ClientPlan{Change: []idp.Client{{ID: "app", BackchannelLogoutURI: uri}}}
	if err := sc.store.ApplyClients(context.Background(), change, sc.now); err != nil {
		sc.t.Fatal(err)
	}
}

// signOut signs a person in, gives the client an ID token, and signs out again.
func (sc *scene) signOut() {
	sc.t.Helper()
	ctx := context.Background()
	keys, err := secret.NewKeyring(secret.TokenOf(strings.Repeat("k", 32)))
	if err != nil {
		sc.t.Fatal(err)
	}
	login := magiclink.NewService(sc.store, keys, magiclink.Defaults(), func() time.Time { return sc.now }, nobody{})
	asker := magiclink.Asker{Browser: secret.TokenOf("b").Hash(secret.KindBrowser), IP: "192.0.2.1", Network: "192.0.2.1"}
	if _, err := login.Start(ctx, "ada@example.com", "", "app", asker); err != nil {
		sc.t.Fatal(err)
	}
	claim, err := sc.store.ClaimLetter(ctx, sc.now, &magiclink.Take{Lease: time.Minute, Mint: login.Mint, MayReceive: func(string, string, bool) bool { return true }})
	if err != nil {
		sc.t.Fatal(err)
	}
	ok, _, err := login.UseOwnLink(ctx, claim.Minted.Link, asker)
	if err != nil {
		sc.t.Fatal(err)
	}
	g := idp.Grant{
		ID: secret.NewID("grt_", sc.now), ClientID: "app", UserID: ok.User.ID, SessionID: ok.Session.ID, Scopes: []string{"openid"},
		CreatedAt: sc.now, ExpiresAt: sc.now.Add(time.Minute), AbsoluteAt: sc.now.Add(time.Minute),
	}
	if _, _, err := sc.store.RedeemCode(ctx, g, sc.now); err != nil {
		sc.t.Fatal(err)
	}
	if _, err := sc.store.SignOut(ctx, g.SessionID, sc.now); err != nil {
		sc.t.Fatal(err)
	}
}

type nobody struct{}

func (nobody) Wake()                    {}
func (nobody) Reserve() *magiclink.Take { return nil }
func (nobody) Hand(*magiclink.Claim)    {}

// worker is a new process. open says whether it may call this machine.
func (sc *scene) worker(open bool) *logout.Worker {
	o := outbound.Options{Timeout: 5 * time.Second, MaxBody: 1000}
	if open {
		o.Networks = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	}
	return &logout.Worker{
		Queue: sc.store, Out: outbound.New(o), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return sc.now },
		Token: func(c *idp.Client, n idp.LogoutNotice) (string, error) { return c.ID + n.SessionID, nil },
	}
}

func (sc *scene) fate() idp.LogoutNotice {
	sc.t.Helper()
	all, err := sc.store.LogoutNotices(context.Background(), "", 10)
	if err != nil || len(all) != 1 {
		sc.t.Fatal(all, err)
	}
	return all[0]
}

func each(t *testing.T, test func(t *testing.T, sc *scene)) {
	t.Helper()
	t.Parallel()
	testdb.Each(t, func(t *testing.T, s *storage.Store) { test(t, newScene(t, s)) })
}

// The process that ended the session is gone before it told anybody.
func TestNoticeOutlivesItsProcess(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		sc.signOut()
		sc.now = sc.now.Add(48 * time.Hour) // however long that was
		sc.worker(true).RunOnce(t.Context())
		if n := sc.fate(); n.State != idp.NoticeDelivered || n.Tries != 1 || n.DeliveredAt != sc.now || n.Reply != "200" || sc.asked.Load() != 1 {
			t.Errorf("%+v, asked %d times", n, sc.asked.Load())
		}
	})
}

// A process that died with a notice in hand loses it to the next one, no sooner
// than its lease is over.
func TestNoticeOfADeadWorker(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		sc.signOut()
		if _, _, err := sc.store.ClaimNotice(t.Context(), nil, 30*time.Second, sc.now); err != nil {
			t.Fatal(err)
		}
		sc.worker(true).RunOnce(t.Context())
		if sc.asked.Load() != 0 {
			t.Error("a leased notice was delivered")
		}
		sc.now = sc.now.Add(31 * time.Second)
		sc.worker(true).RunOnce(t.Context())
		if n := sc.fate(); n.State != idp.NoticeDelivered || n.Tries != 2 || sc.asked.Load() != 1 {
			t.Errorf("%+v, asked %d times", n, sc.asked.Load())
		}
	})
}

// A client that never answers well is tried for a day, then given up, and the
// reason is kept.
func TestDeadClientIsGivenUp(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		sc.status.Store(http.StatusBadRequest)
		sc.body = `{"error":"invalid_request","error_description":"unknown\nissuer"}`
		began := sc.now
		sc.signOut()
		w := sc.worker(true)
		for range 100 {
			w.RunOnce(t.Context())
			n := sc.fate()
			if n.State == idp.NoticeFailed {
				break
			}
			if n.State != idp.NoticeDeferred || !n.NextAt.After(sc.now) {
				t.Fatalf("%+v", n)
			}
			sc.now = n.NextAt
		}
		n, asked := sc.fate(), sc.asked.Load()
		if n.State != idp.NoticeFailed || n.Reply != "400 invalid_request: unknown issuer" || int64(n.Tries) != asked || asked < 20 {
			t.Errorf("%+v, asked %d times", n, asked)
		}
		if took := sc.now.Sub(began); took < 22*time.Hour || took > 24*time.Hour {
			t.Errorf("given up after %s", took)
		}
		sc.status.Store(http.StatusOK)
		sc.now = sc.now.Add(24 * time.Hour)
		if w.RunOnce(t.Context()); sc.asked.Load() != asked {
			t.Error("a notice that was given up is delivered")
		}
	})
}

// What counts as an answer, and where a notice does not go.
func TestAnswers(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		for status, want := range map[int]idp.NoticeState{
			200: idp.NoticeDelivered, 204: idp.NoticeDelivered, 202: idp.NoticeDelivered, 302: idp.NoticeDeferred, 400: idp.NoticeDeferred,
			404: idp.NoticeDeferred, 500: idp.NoticeDeferred, 501: idp.NoticeDeferred,
		} {
			sc.now = sc.now.Add(9 * 24 * time.Hour)
			if _, err := sc.store.Purge(t.Context(), sc.now); err != nil {
				t.Fatal(err)
			}
			sc.status.Store(int64(status))
			sc.signOut()
			if sc.worker(true).RunOnce(t.Context()); sc.fate().State != want {
				t.Errorf("%d: %+v", status, sc.fate())
			}
		}
	})
}

// A client that heard a notice hears it once, though its answer breaks off.
func TestAnswerThatBreaksOff(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		sc.length = "100"
		sc.signOut()
		sc.worker(true).RunOnce(t.Context())
		if n := sc.fate(); n.State != idp.NoticeDelivered || n.Reply != "200" || sc.asked.Load() != 1 {
			t.Errorf("%+v, asked %d times", n, sc.asked.Load())
		}
	})
}

func TestNoticeWithoutATarget(t *testing.T) {
	each(t, func(t *testing.T, sc *scene) {
		sc.signOut()
		sc.worker(false).RunOnce(t.Context())
		if n := sc.fate(); n.State != idp.NoticeDeferred || !strings.Contains(n.Reply, "forbidden target") || sc.asked.Load() != 0 {
			t.Errorf("a private target: %+v, asked %d times", n, sc.asked.Load())
		}
		sc.declare("")
		sc.now = sc.now.Add(time.Minute)
		sc.worker(true).RunOnce(t.Context())
		if n := sc.fate(); n.State != idp.NoticeFailed || sc.asked.Load() != 0 {
			t.Errorf("no address any more: %+v", n)
		}
	})
}
