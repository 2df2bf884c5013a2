package promises_test

import (
	"strings"
	"testing"
)

// What a login by mail cannot give is said where people decide for it: whoever loses
// the mailbox loses the account, whoever takes it has it.
func TestThePriceOfMailIsSaid(t *testing.T) {
	t.Parallel()
	for page, wants := range map[string][]string{
		"README.md":              {"(SECURITY.md)"},
		"SECURITY.md":            {"A mailbox that is lost is an account that is lost", "one that is taken is an account that is taken", "(docs/security-model.md)"},
		"docs/security-model.md": {"A mailbox that is lost is an account that is lost", "A mailbox that is taken is an account that is taken", "changes hands takes the account with it", "nobody can move a person to another address"},
		"docs/README.md":         {"(security-model.md)"},
	} {
		said := strings.Join(strings.Fields(text(t, page)), " ")
		for _, want := range wants {
			if !strings.Contains(said, want) {
				t.Errorf("%s does not say %q", page, want)
			}
		}
	}
	sources(t, func(path string) {
		relative := strings.TrimPrefix(path, root+"/")
		if strings.HasPrefix(relative, "internal/storage/") && !strings.HasSuffix(path, "_test.go") && strings.Contains(text(t, relative), "SET email =") {
			t.Errorf("%s moves a person to another address, and the documents say that nobody can", relative)
		}
	})
}
