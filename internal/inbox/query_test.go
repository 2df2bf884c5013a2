package inbox

import "testing"

func TestFindMatches(t *testing.T) {
	t.Parallel()
	m := parse(
		Envelope{From: "bounce@example.com", To: []string{"Anna.A@example.com", "hidden@example.test"}},
		crlf(`
From: The Provider <idp@example.com>
To: "Anna Example" <anna.a@example.com>
Subject: Your sign-in link

The code is 123456.
`), m0)
	tests := []struct {
		query string
		want  bool
	}{
		{"", true},
		{"to:anna.a@example.com", true},
		{"TO:ANNA.A@EXAMPLE.COM", true},
		{`to:"anna.a@example.com"`, true},
		{`"to:anna.a@example.com"`, true},
		{"to:<anna.a@example.com>", true},
		{"to:a@example.com", false}, // a whole address is not a part of another
		{"to:example.com", true},
		{"to:anna", true},
		{"to:@example.com", true},
		{`to:"anna example"`, true},
		{"to:hidden@example.test", true}, // only in the envelope
		{"to:idp@example.com", false},
		{"from:idp@example.com", true},
		{"from:provider", true},
		{"from:bounce@example.com", false},
		{"subject:SIGN-IN", true},
		{`subject:"sign-in link"`, true},
		{`"link sign-in"`, false},
		{"link sign-in", true},
		{"123456", true},
		{"anna", true},
		{"654321", false},
		{"to:anna.a@example.com link", true},
		{"to:anna.a@example.com goodbye", false},
		{"to:", true},
		{"tag:x", false}, // an unknown field is a plain word
	}
	for _, test := range tests {
		if got := parseQuery(test.query).matches(m); got != test.want {
			t.Errorf("%s: %v, want %v", test.query, got, test.want)
		}
	}
}
