package config

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"idp/internal/config/strictyaml"
	"idp/internal/magiclink"
	"idp/internal/secret"
)

// Duration is a time span such as 90s, 10m, 36h or 30d.
type Duration time.Duration

// Std converts to the standard type.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// UnmarshalYAMLText implements strictyaml.Unmarshaler.
func (d *Duration) UnmarshalYAMLText(s string) error {
	v, err := parseDuration(s)
	*d = Duration(v)
	return err
}

func parseDuration(s string) (time.Duration, error) {
	bad := errors.New("must be a time span such as 90s, 10m, 36h or 30d")
	if days, ok := strings.CutSuffix(s, "d"); ok {
		n, err := strconv.Atoi(days)
		if err != nil || n < 0 || n > 36500 {
			return 0, bad
		}
		return time.Duration(n) * day, nil
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return 0, bad
	}
	return v, nil
}

// String writes the span as a configuration would.
func (d Duration) String() string {
	v := time.Duration(d)
	if v >= day && v%day == 0 {
		return strconv.Itoa(int(v/day)) + "d"
	}
	s := v.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Rate is a budget such as 5/5m: at most five in five minutes.
type Rate magiclink.Rate

// UnmarshalYAMLText implements strictyaml.Unmarshaler.
func (r *Rate) UnmarshalYAMLText(s string) error {
	bad := errors.New("must be a number and a time span, such as 5/5m")
	count, window, ok := strings.Cut(s, "/")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || n < 1 {
		return bad
	}
	w, err := parseDuration(window)
	if err != nil || w < time.Second {
		return bad
	}
	*r = Rate{Max: n, Window: w}
	return nil
}

// SecretRef says where a secret is: env:NAME or file:/path. Load resolves it.
type SecretRef struct {
	ref   string
	value secret.Token
}

// SecretYAML keeps the text out of fault messages: somebody may write the secret
// itself here.
func (SecretRef) SecretYAML() {}

// UnmarshalYAMLText implements strictyaml.Unmarshaler.
func (r *SecretRef) UnmarshalYAMLText(s string) error {
	if strings.HasPrefix(s, "$") {
		return strictyaml.Fixed("begins with $, but nothing is expanded here: write env:NAME")
	}
	if !strings.HasPrefix(s, "env:") && !strings.HasPrefix(s, "file:") {
		return strictyaml.Fixed("must say where the secret is, env:NAME or file:/path; secrets do not belong in this file")
	}
	r.ref = s
	return nil
}

// Token is the resolved secret.
func (r SecretRef) Token() secret.Token { return r.value }

// IsSet reports whether the file names a secret here.
func (r SecretRef) IsSet() bool { return r.ref != "" }

// Place is where the secret is, env:NAME or file:/path; "" if that is not in the file.
func (r SecretRef) Place() string {
	if r.ref == known {
		return ""
	}
	return r.ref
}

// Known is a SecretRef whose secret is already in hand; development uses it.
func Known(t secret.Token) SecretRef { return SecretRef{known, t} }

const known = "known"

// Resolve reads the secret. Line ends around it are dropped: editors add them.
func (r *SecretRef) Resolve(getenv func(string) string) error {
	kind, where, _ := strings.Cut(r.ref, ":")
	text := ""
	if kind != "" && where == "" && kind != known {
		return errors.New("names no place: write env:NAME or file:/path")
	}
	switch kind {
	case "":
		return nil
	case "env":
		if text = getenv(where); text == "" {
			return fmt.Errorf("the environment variable %s is not set", where)
		}
	case "file":
		var err error
		if text, err = readSecret(where); err != nil {
			return fmt.Errorf("the secret's file cannot be read: %w", err)
		}
	default:
		return nil
	}
	if text = strings.TrimRight(text, "\r\n"); text == "" {
		return errors.New("the secret is empty")
	}
	r.value = secret.TokenOf(text)
	return nil
}

// file is the secret's file; "" if it is in none.
func (r SecretRef) file() string {
	file, is := strings.CutPrefix(r.ref, "file:")
	if !is {
		return ""
	}
	return file
}

// mostSecret is more than any secret takes; keys of DKIM are the longest.
const mostSecret = 64 << 10

// readSecret reads a file that ends. What is no regular one may keep its reader waiting,
// and a running server reads it again.
func readSecret(file string) (string, error) {
	info, err := os.Stat(file)
	switch {
	case err != nil: // reading says it
	case !info.Mode().IsRegular() && !info.IsDir():
		return "", fmt.Errorf("%s is no regular file", file)
	case info.Size() > mostSecret:
		return "", fmt.Errorf("%s has %d bytes, and no secret more than %d", file, info.Size(), mostSecret)
	}
	raw, err := os.ReadFile(file)
	return string(raw), err
}

func durations(in []time.Duration) (out []Duration) {
	for _, d := range in {
		out = append(out, Duration(d))
	}
	return out
}

func stdDurations(in []Duration) (out []time.Duration) {
	for _, d := range in {
		out = append(out, d.Std())
	}
	return out
}

func rates(in []magiclink.Rate) (out []Rate) {
	for _, r := range in {
		out = append(out, Rate(r))
	}
	return out
}

func stdRates(in []Rate) (out []magiclink.Rate) {
	for _, r := range in {
		out = append(out, magiclink.Rate(r))
	}
	return out
}
