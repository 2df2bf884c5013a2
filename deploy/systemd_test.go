package deploy_test

import (
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// unit reads sections, keys and values; a key may stand there more than once.
func unit(t *testing.T, file string) map[string]map[string][]string {
	t.Helper()
	all, section := map[string]map[string][]string{}, ""
	for line := range strings.Lines(string(read(t, file))) {
		line = strings.TrimSpace(line)
		switch key, value, ok := strings.Cut(line, "="); {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]"):
			section = line
			all[section] = map[string][]string{}
		case ok && section != "" && regexp.MustCompile(`^[A-Za-z]+$`).MatchString(key):
			all[section][key] = append(all[section][key], value)
		default:
			t.Errorf("%s: %q is no line of a unit", file, line)
		}
	}
	return all
}

func TestSystemdUnit(t *testing.T) {
	t.Parallel()
	u := unit(t, "systemd/idp.service")
	if len(u) != 3 || u["[Install]"]["WantedBy"] == nil || u["[Unit]"]["Description"] == nil {
		t.Fatalf("sections: %v", u)
	}
	// It is restarted for as long as it takes, so that it is there when its database is.
	if got := u["[Unit]"]["StartLimitIntervalSec"]; !slices.Equal(got, []string{"0"}) {
		t.Errorf("StartLimitIntervalSec is %q: systemd gives up while the database is away", got)
	}
	s := u["[Service]"]
	for key, want := range map[string]string{
		"User": "idp", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateDevices": "yes", "MemoryDenyWriteExecute": "yes",
		"CapabilityBoundingSet": "", "RestrictNamespaces": "yes", "SystemCallArchitectures": "native", "UMask": "0077", "Restart": "always", "TimeoutStopSec": "60",
	} {
		if got := strings.Join(s[key], " "); got != want || s[key] == nil {
			t.Errorf("%s is %q, want %q", key, got, want)
		}
	}
	for key, values := range s {
		if len(values) > 1 && !slices.Contains([]string{"SystemCallFilter"}, key) {
			t.Errorf("%s stands there twice", key)
		}
	}
	for _, start := range append(s["ExecStart"], s["ExecStartPre"]...) {
		if !regexp.MustCompile(`^/usr/local/bin/idp (serve|config check) --config /etc/idp/idp\.yaml$`).MatchString(start) {
			t.Errorf("it starts %s", start)
		}
	}
}

// systemd itself reads the unit, and judges how exposed the process is: 0 is not at
// all, 10 wholly.
func TestSystemdReadsTheUnit(t *testing.T) {
	t.Parallel()
	out, _ := exec.Command("systemd-analyze", "verify", "./systemd/idp.service").CombinedOutput() // it fails because nothing is installed
	said := 0
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, "idp.service") {
			said++
			if !strings.Contains(line, "/usr/local/bin/idp is not executable: No such file") {
				t.Errorf("systemd says: %s", line)
			}
		}
	}
	if said == 0 {
		t.Errorf("systemd did not look at the unit: %s", out)
	}
	if out, err := exec.Command("systemd-analyze", "security", "--offline=yes", "--threshold=20", "./systemd/idp.service").CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
