package strictyaml

import "testing"

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"a", "", 1}, {"", "ab", 2}, {"issuer", "issuer", 0}, {"issue", "issuer", 1},
		{"isuser", "issuer", 2}, {"kitten", "sitting", 3}, {"größe", "grosse", 3}, {"", "0123456789", 3},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []field{{name: "issuer"}, {name: "issued"}, {name: "id"}, {name: "pkce"}}
	for name, want := range map[string]string{
		"issue": "issuer", "issed": "issued", "ISSUER": "issuer", "i": "", "ie": "id", "xy": "", "pkcs": "pkce", "totally": "",
	} {
		if got := nearest(name, known); got != want {
			t.Errorf("nearest(%q) = %q, want %q", name, got, want)
		}
	}
}
