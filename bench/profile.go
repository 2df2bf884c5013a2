package main

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"idp/bench/target"
)

// profilerSource joins the product's main package, for this build only: the
// product itself has no such endpoint.
//
//go:embed profiler.go.txt
var profilerSource []byte

const profileTimes = 20 // as long as one round

// profile runs op on a product that can be profiled and prints where its
// processor time goes. The profile stays for go tool pprof.
func (s *stage) profile(ctx context.Context, op operation, out io.Writer) error {
	t := s.targets[product]
	t.kind.Binary = filepath.Join(s.dir, "idp-profiled")
	overlay, err := s.profilerOverlay()
	if err != nil {
		return err
	}
	if err := target.Build(target.ProductPackage, t.kind.Binary, overlay, true); err != nil {
		return err
	}
	port, err := target.FreePort()
	if err != nil {
		return err
	}
	at := fmt.Sprintf("127.0.0.1:%d", port)
	t.place.Env = []string{"IDP_BENCH_PROFILER=" + at}
	p, err := t.kind.Start(t.place)
	if err != nil {
		return err
	}
	defer p.Stop() // an error of the run says more
	steps, hangUp, err := s.steps(p, op, s.workers)
	if err != nil {
		return err
	}
	defer hangUp()
	window := (s.window * profileTimes).Round(time.Second)
	file := filepath.Join(os.TempDir(), "idp-"+strings.ReplaceAll(op.name, " ", "-")+".pprof")
	taken := make(chan error, 1)
	go func() { taken <- fetchProfile(ctx, at, window, file) }()
	var f figures
	if err := errors.Join(s.measure(p, steps, warmFirst, window, &f), <-taken); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s: %.0f ops/s, CPU ms per operation (server + database) %s\nprofile: %s\n\n", op.name, f.median(rate), f.cost(), file)
	top := exec.CommandContext(ctx, "go", "tool", "pprof", "-top", "-cum", "-nodecount=80", t.kind.Binary, file)
	top.Stdout, top.Stderr = out, os.Stderr
	return top.Run()
}

// profilerOverlay writes an overlay that adds the profiler to what -overlay says.
func (s *stage) profilerOverlay() (string, error) {
	var overlay struct{ Replace map[string]string }
	if s.overlay != "" {
		text, err := os.ReadFile(s.overlay)
		if err != nil {
			return "", fmt.Errorf("read overlay: %w", err)
		}
		if err := json.Unmarshal(text, &overlay); err != nil {
			return "", fmt.Errorf("read overlay: %w", err)
		}
	}
	if overlay.Replace == nil {
		overlay.Replace = map[string]string{}
	}
	into, err := filepath.Abs(filepath.Join(target.ProductPackage, "profiler.go"))
	if err != nil {
		return "", fmt.Errorf("make overlay: %w", err)
	}
	overlay.Replace[into] = filepath.Join(s.dir, "profiler.go")
	text, err := json.Marshal(overlay)
	if err != nil {
		return "", fmt.Errorf("make overlay: %w", err)
	}
	file := filepath.Join(s.dir, "overlay.json")
	return file, errors.Join(os.WriteFile(overlay.Replace[into], profilerSource, 0o600), os.WriteFile(file, text, 0o600))
}

func fetchProfile(ctx context.Context, at string, window time.Duration, file string) error {
	url := fmt.Sprintf("http://%s/debug/pprof/profile?seconds=%.0f", at, window.Seconds())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("take profile: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("take profile: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d: %s", res.StatusCode, body)
	}
	if err == nil {
		err = os.WriteFile(file, body, 0o600)
	}
	if err != nil {
		return fmt.Errorf("take profile: %w", err)
	}
	return nil
}
