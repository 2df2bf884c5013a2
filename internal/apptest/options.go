package apptest

import (
	"time"

	"github.com/jackc/pgx/v5"

	"idp/internal/config"
	"idp/internal/magiclink"
)

type options struct {
	tls               bool
	clients, settings string
	change            []func(*config.Config)
	tracer            pgx.QueryTracer
	faulty            bool
	at                time.Time
}

// Option changes the provider that New starts.
type Option func(*options)

// TLS serves https, with a certificate that the provider's browsers trust.
func TLS() Option { return func(o *options) { o.tls = true } }

// Clients adds applications: entries of the configuration's list clients, as
// YAML, indented by two. Secrets are given by their hash (config.HashText).
func Clients(yaml string) Option { return func(o *options) { o.clients += yaml } }

// Configure changes the loaded configuration.
func Configure(change func(*config.Config)) Option {
	return func(o *options) { o.change = append(o.change, change) }
}

// ProductLimits keeps the product's own budgets for mails and codes. Without it
// they are out of reach, because all browsers of a test share one address.
func ProductLimits() Option {
	return Configure(func(c *config.Config) { c.Limits = config.Default().Limits })
}

// Tracer sees every statement that is sent to PostgreSQL.
func Tracer(t pgx.QueryTracer) Option { return func(o *options) { o.tracer = t } }

// At starts the provider's clock at a time, for data that was made then.
func At(start time.Time) Option { return func(o *options) { o.at = start } }

// Faulty is for tests that make the provider fail. Without it a single line that
// it logs as an error fails the test.
func Faulty() Option { return func(o *options) { o.faulty = true } }

// wideLimits are budgets that no test reaches.
func wideLimits(c *config.Config) {
	wide := config.Rate(magiclink.Rate{Max: 1_000_000, Window: time.Minute})
	c.Limits = config.Limits{
		SendPerAddress: []config.Rate{wide}, SendPerAddressIP: []config.Rate{wide}, SendPerIP: []config.Rate{wide},
		CodesPerIP: wide, WrongPerAddress: wide, CodesPerBrowser: wide, PostsPerBrowser: wide,
		SendPerKnownBrowser: []config.Rate{wide}, SendPerInstance: []config.Rate{wide}, SendUnknown: wide, SendPerNewDomain: wide, LongCodesAbove: wide,
		DevicesPerIP: wide, DeviceCodesPerIP: wide, DeviceCodesPerBrowser: wide,
	}
}
