package words_test

import (
	"testing"

	"idp/internal/words"
)

func TestEveryLanguageIsComplete(t *testing.T) {
	t.Parallel()
	if _, err := words.Load(words.Options{}); err != nil {
		t.Fatal(err)
	}
}
