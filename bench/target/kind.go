package target

import (
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"

	"idp/bench/caller"
)

// Place is where and with what a target runs.
type Place struct {
	Dir      string // for its files and its log
	Port     int    // of http://localhost
	Database string // URL
	Mail     int    // port of the mail server
	Secret   string // of the one client that has one
	Env      []string
}

// Issuer is the address of a provider at the place.
func (p Place) Issuer() string { return "http://localhost:" + strconv.Itoa(p.Port) }

func (p Place) listen() string { return "127.0.0.1:" + strconv.Itoa(p.Port) }

func (p Place) environment(own ...string) []string {
	return slices.Concat(os.Environ(), own, p.Env)
}

// Kind is a program that can be measured.
type Kind struct {
	Name    string
	Binary  string // Build has made it
	command func(binary string, p Place) (*exec.Cmd, error)
}

// The clients that every target knows. The first two are public, so their refresh
// tokens rotate.
func clientES() caller.Client { return caller.Client{ID: "bench-es", Algorithm: "ES256"} }
func clientRS() caller.Client { return caller.Client{ID: "bench-rs", Algorithm: "RS256"} }

// Clients are the registrations of a target: public ones by their algorithm, and
// two with the place's secret, one of them without people.
type Clients struct{ ES256, RS256, Confidential, Machine caller.Client }

// Clients returns what is registered at a target in the place.
func (p Place) Clients() Clients {
	return Clients{
		clientES(), clientRS(), caller.Client{ID: "bench-web", Algorithm: "ES256", Secret: p.Secret}, caller.Client{ID: "bench-machine", Secret: p.Secret},
	}
}

// Build compiles a package of this module the way it is shipped: static, and
// without symbols unless they are wanted. overlay is a file for go build
// -overlay, "" for none.
func Build(pkg, binary, overlay string, symbols bool) error {
	args := []string{"build", "-trimpath", "-o", binary}
	if !symbols {
		args = append(args, "-ldflags=-s -w")
	}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	cmd := exec.Command("go", append(args, pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", pkg, err, out)
	}
	return nil
}

// Floor is the yardstick, built from FloorPackage.
func Floor(binary string) Kind {
	return Kind{"floor", binary, func(binary string, p Place) (*exec.Cmd, error) {
		cmd := exec.Command(binary, "-listen", p.listen(), "-issuer", p.Issuer(), "-smtp", "127.0.0.1:"+strconv.Itoa(p.Mail))
		cmd.Env = p.environment("FLOOR_DATABASE_URL="+p.Database, "FLOOR_CLIENT_SECRET="+p.Secret)
		return cmd, nil
	}}
}

// The packages to build.
const (
	ProductPackage = "./cmd/idp"
	FloorPackage   = "./bench/floor"
)
