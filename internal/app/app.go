package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/account"
	"idp/internal/admin"
	"idp/internal/audit"
	"idp/internal/browser"
	"idp/internal/clientkeys"
	"idp/internal/clients"
	"idp/internal/config"
	"idp/internal/device"
	"idp/internal/failure"
	"idp/internal/idp"
	"idp/internal/jobs"
	"idp/internal/login"
	"idp/internal/logout"
	"idp/internal/magiclink"
	"idp/internal/mail"
	"idp/internal/nativeapi"
	"idp/internal/oidc"
	"idp/internal/secret"
	"idp/internal/server"
	"idp/internal/storage"
	"idp/web"
)

// Options are what the surroundings decide.
type Options struct {
	Log      *slog.Logger
	Now      func() time.Time // nil: the system's clock
	InboxURL string           // of the development inbox; "" in production
	Tracer   pgx.QueryTracer  // for tests and measurements
	Level    *slog.LevelVar   // of Log, for reloads to set; nil: it stays
	Follow   *Follow          // nil: the configuration is never read again
}

// App is the assembled provider.
type App struct {
	Store   *storage.Store
	Clients *clients.Registry
	Keys    *oidc.Keys
	Worker  *mail.Worker
	Logout  *logout.Worker
	Server  *server.Server
	Sealer  *audit.Sealer
	Admin   *server.Server // nil if there is no listener for the administrator

	log *slog.Logger
	now func() time.Time

	certificate *server.Certificate // nil without TLS
	subjects    *oidc.Subjects
	clientKeys  *clientkeys.Keys
	unusedTTL   time.Duration // of clients that registered themselves; 0: for ever
	settle      func(context.Context) error
	refusals    *audit.Recorder
	asked       *audit.Recorder
	keepEvents  time.Duration

	cfg     *config.Config
	options Options
	logins  *magiclink.Service
	live    *live
	seeing  *seeing // of the process

	provider *oidc.Provider
	letters  *mail.Composer
	office   *admin.Office
	failures *failure.Recorder // of the process
	dropped  atomic.Int64      // of failures, when it was last told
}

// New opens the database, brings schema, clients and keys up to date, and builds
// everything else. It listens to nothing and starts nothing.
func New(ctx context.Context, cfg *config.Config, o Options) (*App, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	tracer, err := newTracer(cfg, o)
	if err != nil {
		return nil, err
	}
	store, err := storage.Open(storage.Options{URL: cfg.Database.URL.Token().Reveal(), MaxConns: cfg.Database.MaxConnections, Tracer: pgxTracer(o, tracer), Name: storage.Serving})
	if err != nil {
		return nil, err
	}
	l := newLive(o.Now(), tracer)
	a, err := assemble(ctx, cfg, o, store, l, nil)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	l.begin(a)
	return a, nil
}

// assemble builds everything over a store. old is what it will replace in the same
// process, or nil.
func assemble(ctx context.Context, cfg *config.Config, o Options, store *storage.Store, l *live, old *App) (*App, error) {
	keyring, err := Keyring(cfg)
	if err != nil {
		return nil, err
	}
	catalogue, letters, err := Words(cfg)
	if err != nil {
		return nil, err
	}
	pages, err := web.Load(web.Options{InboxURL: o.InboxURL, Site: cfg.IssuerURL.Host, Now: o.Now, Words: catalogue})
	if err != nil {
		return nil, err
	}
	senders, err := Senders(cfg, o.Now)
	if err != nil {
		return nil, err
	}
	a := &App{
		Store: store, log: o.Log, now: o.Now, cfg: cfg, options: o, live: l, seeing: &l.seeing,
		Clients: clients.NewRegistry(store),
		Keys:    oidc.NewKeys(store, keyring, cfg.KeyPolicy(), o.Now),
	}
	if err := a.prepare(ctx, cfg, keyring, old); err != nil {
		return nil, err
	}

	callers := &browser.Reader{
		Cookies: browser.NewCookies(cfg.Insecure()), Proxies: cfg.Proxies, Sessions: store, TTL: cfg.Session.TTL.Std(), Now: o.Now,
	}
	a.Worker = &mail.Worker{Outbox: store, Senders: senders, Log: o.Log, Now: o.Now}
	mailLogin := magiclink.NewService(store, keyring, cfg.Settings(), o.Now, a.Worker)
	mailLogin.OnCodeLength(a.codeLength)
	mailLogin.OnAsked(a.noteAsked)
	mailLogin.OnNoticeLost(func(err error) { o.Log.Error("notice", "error", err) })
	if a.logins = mailLogin; old != nil {
		mailLogin.Succeed(old.logins)
	}
	a.settle = mailLogin.Settle
	a.Worker.Take = magiclink.Take{Lease: mail.Lease, Mint: mailLogin.Mint, MayReceive: mailLogin.MayReceive}
	a.letters = composer(cfg, a.Clients, letters, keyring)
	a.Worker.Compose = a.letters
	if err := a.readDocuments(cfg); err != nil {
		return nil, err
	}
	provider := oidc.New(oidc.Config{
		Issuer: cfg.Issuer, Grants: store, Clients: a.Clients, Callers: callers, Keyring: keyring, Keys: a.Keys, Courier: a.Logout,
		Pages: pages, Now: o.Now, Subjects: a.subjects, ClientKeys: a.clientKeys, Devices: store, DevicesPerIP: magiclink.Rate(cfg.Limits.DevicesPerIP),
		ClientDocuments: cfg.ClientsByMetadata.Enabled, Registration: cfg.Registration.Enabled,
	})
	a.provider, a.Logout.Token, a.office = provider, provider.LogoutToken, a.newOffice(keyring)
	test, err := a.newCaptcha(cfg)
	if err != nil {
		return nil, err
	}
	signIn := login.New(login.Config{
		Login: mailLogin, Consents: store, Clients: a.Clients, Callers: callers, Keyring: keyring, Pages: pages,
		Issuer: cfg.Issuer, MailFrom: cfg.Mail.From, Deny: provider.Deny, Finish: provider.Finish, Courier: a.Logout, Now: o.Now, ForeignLinks: idp.ForeignLinks(cfg.Login.ForeignLinks),
		KnownBrowserTTL: cfg.Login.KnownBrowserTTL.Std(), PostsPerBrowser: magiclink.Rate(cfg.Limits.PostsPerBrowser),
		WorkBits: cfg.Abuse.WorkBits, Captcha: test, Spent: store,
	})
	devices := &device.Handlers{
		Store: store, Clients: a.Clients, Callers: callers, Keyring: keyring, Pages: pages, Issuer: cfg.Issuer, Now: o.Now,
		Deny: provider.Deny, PerIP: magiclink.Rate(cfg.Limits.DeviceCodesPerIP), PerBrowser: magiclink.Rate(cfg.Limits.DeviceCodesPerBrowser),
	}
	own := &account.Handlers{Store: store, Frames: provider.LogoutFrames, Courier: a.Logout, Notices: mailLogin, Clients: a.Clients, Callers: callers, Pages: pages, Now: o.Now}
	native := &nativeapi.Handlers{Login: mailLogin, Provider: provider, Clients: a.Clients, Callers: callers, Now: o.Now, KnownDevices: cfg.Login.KnownBrowserTTL.Std() > 0, ForeignLinks: idp.ForeignLinks(cfg.Login.ForeignLinks)}
	all := slices.Concat(routes(provider, signIn, devices, own, pages), a.registration(cfg, provider), nativeRoutes(native), a.bounces(cfg, keyring), a.mirror(cfg, keyring))
	a.watch(all)
	mailLogin.OnHeld(a.seeing.meters.Held)
	a.rememberFailures(old)
	a.Server = server.New(server.Config{
		Issuer: cfg.IssuerURL, Pages: pages, Log: o.Log, Now: o.Now, Routes: all, Certificate: a.certificate,
		Health: a.health, ShutdownDelay: cfg.ShutdownDelay.Std(), Seen: a.seeing.meters.Request, Trace: a.traceRequests(cfg.Proxies),
		Begin: a.begin(cfg.Proxies), Done: a.done, Refused: a.failures.Note,
		// Whoever reads the log later tells a stop that was asked for from a death.
		Stopping: func() { o.Log.Info("stopping", "shutdown_delay", cfg.ShutdownDelay.Std().String()) },
	})
	if old != nil {
		a.Admin = old.Admin // which shows whatever is in force
	} else if a.Admin, err = a.admin(cfg, pages); err != nil {
		return nil, err
	}
	return a, a.declare(ctx, old)
}

// Keyring makes the keyring of a configuration.
func Keyring(cfg *config.Config) (*secret.Keyring, error) {
	var previous []secret.Token
	if cfg.PreviousSecret.IsSet() {
		previous = append(previous, cfg.PreviousSecret.Token())
	}
	return secret.NewKeyring(cfg.Secret.Token(), previous...)
}

// prepare reads the files that the configuration names, and brings schema and keys
// up to date.
func (a *App) prepare(ctx context.Context, cfg *config.Config, keyring *secret.Keyring, old *App) (err error) {
	if old != nil {
		a.certificate = old.certificate // the listener has it
	}
	if err := a.secureLinks(cfg); err != nil {
		return err
	}
	if old == nil {
		applied, err := a.Store.Migrate(ctx)
		if err != nil {
			return err
		}
		if applied > 0 {
			a.log.Info("schema migrated", "steps", applied)
		}
	}
	if err := a.keepAudit(ctx, cfg.Audit.Retention.Std(), keyring, old); err != nil {
		return err
	}
	if a.subjects, err = oidc.LoadSubjects(ctx, a.Store, keyring); err != nil {
		return err
	}
	return a.Keys.Rotate(ctx)
}

// declare brings the declared clients into the database, as the last step that can
// fail, and reads what is there. A successor does so only if this process's own
// file says something else than before: during a rolling change, the other
// processes' newer files must not be undone.
func (a *App) declare(ctx context.Context, old *App) error {
	if old == nil || !idp.PlanClients(a.cfg.Declared, old.cfg.Declared).Empty() {
		if err := SyncClients(ctx, a.Store, a.cfg.Declared, a.now(), a.log); err != nil {
			return err
		}
	}
	return a.Clients.Reload(ctx)
}

// SyncClients brings the declared clients into the database and logs what that
// changes.
func SyncClients(ctx context.Context, store *storage.Store, declared []idp.Client, now time.Time, log *slog.Logger) error {
	stored, err := store.DeclaredClients(ctx)
	if err != nil {
		return err
	}
	plan := idp.PlanClients(declared, stored)
	if plan.Empty() {
		return nil
	}
	for _, c := range plan.Add {
		log.Info("client added", "client", c.ID)
	}
	for _, c := range plan.Change {
		log.Info("client changed", "client", c.ID)
	}
	for _, id := range plan.Disable {
		log.Info("client disabled", "client", id)
	}
	return store.ApplyClients(ctx, plan, now)
}

func (a *App) jobs() []jobs.Job {
	all := []jobs.Job{
		{Name: "follow clients", Every: 10 * time.Second, Run: a.Clients.Reload},
		{Name: "settle budgets", Every: time.Second, Run: a.settle},
		{Name: "settle failures", Every: time.Second, Run: a.SettleFailures},
		{Name: "rotate keys", Every: time.Minute, Run: a.Keys.Rotate},
		{Name: "purge clients", Every: time.Hour, Run: a.purgeClients},
		{Name: "purge", Every: time.Hour, Run: func(ctx context.Context) error {
			n, err := a.Store.Purge(ctx, a.now())
			a.seeing.meters.Purged(n)
			if n > 0 {
				a.log.Info("purged", "rows", n)
			}
			return err
		}},
	}
	all = append(all, a.auditJobs()...)
	for _, c := range []*server.Certificate{a.certificate, a.seeing.certificate} {
		if c != nil {
			all = append(all, jobs.Job{Name: "follow certificate", Every: 10 * time.Second, Run: func(context.Context) error { return c.Reload() }})
		}
	}
	return all
}
