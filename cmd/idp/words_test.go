package main

import (
	"bytes"
	"errors"
	"flag"
	"slices"
	"strings"
	"testing"
)

func TestWordsAndFlagsStandInAnyOrder(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		args, words string
		json        bool
		says        string
	}{
		{args: "ada 7", words: "ada 7"},
		{args: "--json ada 7", words: "ada 7", json: true},
		{args: "ada --json 7", words: "ada 7", json: true},
		{args: "ada 7 --json", words: "ada 7", json: true},
		{args: "ada", says: "missing: ID; see: idp grants end -h\n"},
		{args: "ada 7 8", says: "unexpected: 8\n"},
	} {
		var out bytes.Buffer
		flags := flag.NewFlagSet("idp grants end", flag.ContinueOnError)
		flags.SetOutput(&out)
		asJSON := flags.Bool("json", false, "")
		words, err := parseWords(flags, strings.Fields(tt.args), "ADDRESS", "ID")
		if !slices.Equal(words, strings.Fields(tt.words)) || *asJSON != tt.json || out.String() != tt.says {
			t.Errorf("%q: words %q, json %v, says %q", tt.args, words, *asJSON, out.String())
		}
		if (tt.says != "") != errors.Is(err, errUsage) {
			t.Errorf("%q: %v", tt.args, err)
		}
	}
}
