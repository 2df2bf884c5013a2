package main

import (
	"errors"
	"flag"
	"io"
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
		{args: "ada", says: "missing: ID; see: idp grants end -h"},
		{args: "ada 7 8", says: "unexpected: 8"},
	} {
		flags := flag.NewFlagSet("idp grants end", flag.ContinueOnError)
		flags.SetOutput(io.Discard)
		asJSON := flags.Bool("json", false, "")
		words, err := parseWords(flags, strings.Fields(tt.args), "ADDRESS", "ID")
		says := ""
		if wrong, ok := errors.AsType[calledWrongly](err); ok {
			says = wrong.Error()
		}
		if !slices.Equal(words, strings.Fields(tt.words)) || *asJSON != tt.json || says != tt.says || (err != nil) != (says != "") {
			t.Errorf("%q: words %q, json %v, %v", tt.args, words, *asJSON, err)
		}
	}
}
