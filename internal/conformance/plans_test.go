package conformance_test

import (
	"os"
	"strings"
	"testing"

	"idp/internal/apptest"
	"idp/internal/config"
	"idp/internal/testdb"
)

// module is one module of the suite: its exact name, what is checked, and the
// test.
type module struct {
	name   string
	checks string
	test   func(r *rp)
	clock  bool // it moves the provider's clock, so it runs alone
}

// plan is one test plan of the suite, with what its variants change.
type plan struct {
	suite    string // the plan's name in the suite
	modules  []module
	formPost bool
	notified bool // a client hears of logouts from the provider
	options  []apptest.Option

	published bool // a client publishes its keys by itself
}

var (
	basicOP    = plan{suite: "oidcc-basic-certification-test-plan", modules: basicModules}
	formPostOP = plan{suite: "oidcc-formpost-basic-certification-test-plan", modules: basicModules, formPost: true}
	configOP   = plan{suite: "oidcc-config-certification-test-plan", modules: configModules}
	logoutOP   = plan{suite: "oidcc-rp-initiated-logout-certification-test-plan", modules: logoutModules}
	otherOP    = plan{suite: "oidcc-test-plan", modules: otherModules, options: []apptest.Option{apptest.Clients(otherClients)}, published: true}
)

// plans are all of them.
var plans = []plan{basicOP, formPostOP, configOP, logoutOP, backchannelOP, frontchannelOP, fapiOP, messageOP, otherOP}

func TestBasicOP(t *testing.T)             { basicOP.run(t) }
func TestFormPostOP(t *testing.T)          { formPostOP.run(t) }
func TestConfigOP(t *testing.T)            { configOP.run(t) }
func TestRPInitiatedLogoutOP(t *testing.T) { logoutOP.run(t) }
func TestComprehensiveOP(t *testing.T)     { otherOP.run(t) }

// run runs the plan against one provider per database. Modules that move the
// clock run first and alone, the others at once.
func (p plan) run(t *testing.T) {
	t.Parallel()
	providers, servers, keys := map[string]*apptest.Provider{}, map[string]*notified{}, map[string]*published{}
	for _, kind := range []string{"postgres", "sqlite"} {
		options := append([]apptest.Option{apptest.TLS(), apptest.Configure(exampleClients(t))}, p.options...)
		if p.notified {
			servers[kind] = newNotified(t)
			options = append(options, servers[kind].option(t))
		}
		if p.published {
			keys[kind] = newPublished(t)
			options = append(options, keys[kind].option(t))
		}
		providers[kind] = apptest.New(t, testdb.URL(t, kind), options...)
	}
	for _, m := range p.modules {
		t.Run(m.name, func(t *testing.T) {
			if !m.clock {
				t.Parallel()
			}
			t.Log(p.suite + " | " + m.checks) // scripts/conformancetable reads this
			for kind, provider := range providers {
				t.Run(kind, func(t *testing.T) {
					r := newRP(t, provider, p.formPost)
					r.notified, r.published = servers[kind], keys[kind]
					m.test(r)
				})
			}
		})
	}
}

// exampleClients adds the clients of the example that people run the suite with.
func exampleClients(t *testing.T) func(*config.Config) {
	t.Helper()
	example := loadExample(t)
	return func(c *config.Config) {
		c.Clients = append(c.Clients, example.Clients...)
		c.Declared = append(c.Declared, example.Declared...)
		ownKeys(t, c)
	}
}

func loadExample(t *testing.T) *config.Config {
	t.Helper()
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	example, err := parseExample(text)
	if err != nil {
		t.Fatal(err)
	}
	return example
}

const exampleFile = "../../examples/conformance.yaml"

// parseExample loads the example's text as the product does.
func parseExample(text []byte) (*config.Config, error) {
	return config.Parse(exampleFile, text, func(name string) string {
		switch {
		case name == "IDP_SECRET":
			return apptest.RootSecret
		case name == "IDP_DATABASE_URL":
			return "sqlite:conformance.db"
		case strings.HasPrefix(name, "SUITE_"):
			return secretOf(name)
		}
		return ""
	})
}
