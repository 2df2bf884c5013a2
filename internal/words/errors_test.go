package words_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// Whoever is asked for help finds every page of trouble by its title.
func TestEveryProblemIsExplained(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/errors.md")
	if err != nil {
		t.Fatal(err)
	}
	en, err := os.ReadFile("locales/en.words")
	if err != nil {
		t.Fatal(err)
	}
	titles := regexp.MustCompile(`(?m)^problem\.[a-z_]+\.title = (.*)$`).FindAllStringSubmatch(string(en), -1)
	for _, title := range titles {
		if !strings.Contains(string(page), title[1]) {
			t.Errorf("docs/errors.md does not explain %q", title[1])
		}
	}
	if len(titles) < 20 {
		t.Errorf("only %d problems were found", len(titles))
	}
}
