package presets_test

import (
	"os"
	"strings"
	"testing"

	"idp/internal/presets"
)

// The page about applications lists what there is. If this fails, put the output
// of "idp presets --markdown" behind the page's mark.
func TestPageListsThePresets(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("../../docs/applications/README.md")
	if err != nil {
		t.Fatal(err)
	}
	all, err := presets.All()
	if err != nil {
		t.Fatal(err)
	}
	var want strings.Builder
	if err := presets.WriteTable(&want, all); err != nil {
		t.Fatal(err)
	}
	_, got, found := strings.Cut(string(raw), "<!-- idp presets --markdown -->\n\n")
	if !found || got != want.String() {
		t.Errorf("docs/applications/README.md is not what idp presets --markdown prints")
	}
}
