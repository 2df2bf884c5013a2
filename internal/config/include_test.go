package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"idp/internal/config"
)

// team is the file of one team.
func team(ids ...string) string {
	text := "# one team\nclients:\n"
	for _, id := range ids {
		text += "  - {id: " + id + ", name: Team, type: public, redirect_uris: [https://" + id + ".example.com/callback]}\n"
	}
	return text
}

// tree writes files into a directory, with a good idp.yaml that includes clients.d.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	files["idp.yaml"] = minimal("include: clients.d/*.yaml\n")
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "idp.yaml")
}

func TestIncludedClients(t *testing.T) {
	t.Parallel()
	// What editors and orchestrators leave in a directory is no team's file.
	file := tree(t, map[string]string{
		"clients.d/b.yaml": team("b1", "b2"), "clients.d/a.yaml": team("a1"),
		"clients.d/.a.yaml.swp": "x", "clients.d/.hidden.yaml": "clients: [", "clients.d/readme.txt": "x",
	})
	cfg, err := config.Load(file, environment)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range cfg.Declared {
		ids = append(ids, c.ID)
	}
	if got := strings.Join(ids, " "); got != "notes a1 b1 b2" {
		t.Errorf("clients: %s", got)
	}
}

func TestFaultsInIncludedFiles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files map[string]string
		want  []string // below the directory, in this order
	}{
		"a fault": {map[string]string{"clients.d/a.yaml": team("a1", "a 2")},
			[]string{"clients.d/a.yaml:4:10: clients[1].id: must be 1 to 100 letters", "clients.d/a.yaml:4:57: clients[1].redirect_uris[0]: must be an absolute address"}},
		"the same path in two files": {map[string]string{"clients.d/a.yaml": team("usr_a"), "clients.d/b.yaml": team("usr_b")},
			[]string{"clients.d/a.yaml:3:10: clients[0].id: must not begin", "clients.d/b.yaml:3:10: clients[0].id: must not begin"}},
		"an id twice":  {map[string]string{"clients.d/a.yaml": team("x", "y"), "clients.d/b.yaml": team("y")}, []string{"clients.d/b.yaml:3:10: clients[0].id: is the id of clients[1] in DIR/clients.d/a.yaml:4 too"}},
		"also of main": {map[string]string{"clients.d/a.yaml": team("notes")}, []string{"clients.d/a.yaml:3:10: clients[0].id: is the id of clients[0] in DIR/idp.yaml:8 too"}},
		"another key":  {map[string]string{"clients.d/a.yaml": team("a") + "issuer: https://x.example.com\n"}, []string{"clients.d/a.yaml:4:1: issuer: unknown key"}},
		"includes":     {map[string]string{"clients.d/a.yaml": team("a") + "include: more/*.yaml\n"}, []string{"clients.d/a.yaml:4:1: include: unknown key"}},
		"no client":    {map[string]string{"clients.d/a.yaml": "# later\n"}, []string{"clients.d/a.yaml:1:1: clients: is missing"}},
		"no YAML":      {map[string]string{"clients.d/a.yaml": "clients:\n\t- id: x\n"}, []string{"clients.d/a.yaml:2:1: tab where only spaces"}},
		"no file":      {map[string]string{"clients.d/readme.txt": "x"}, []string{"idp.yaml:1:10: include: matches no file"}},
		"a directory":  {map[string]string{"clients.d/a.yaml/b.yaml": team("b")}, []string{"idp.yaml:1:10: include: cannot be read"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := tree(t, c.files)
			_, err := config.Load(file, environment)
			if err == nil {
				t.Fatal("accepted")
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != len(c.want) {
				t.Fatalf("%d faults, want %d:\n%v", len(lines), len(c.want), err)
			}
			for i, want := range c.want {
				if want = filepath.Dir(file) + "/" + strings.ReplaceAll(want, "DIR", filepath.Dir(file)); !strings.HasPrefix(lines[i], want) {
					t.Errorf("%s\nwant %s", lines[i], want)
				}
			}
		})
	}
}
