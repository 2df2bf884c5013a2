package strictyaml

import "testing"

func TestUnknownKeys(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"with a hint", "clients:\n- client_id: a\n- client_id: b\n  pkcee: true\n", "idp.yaml:4:3: clients[1].pkcee: unknown key; did you mean \"pkce\"?"},
		{"without a hint", "colour: red\n", "idp.yaml:1:1: colour: unknown key"},
		{"case is not folded", "Issuer: x\n", "idp.yaml:1:1: Issuer: unknown key; did you mean \"issuer\"?"},
		{"dash for underscore", "log-level: x\n", "idp.yaml:1:1: log-level: unknown key; did you mean \"log_level\"?"},
		{"swapped letters", "isuser: x\n", "idp.yaml:1:1: isuser: unknown key; did you mean \"issuer\"?"},
		{"three letters off", "issssuerr: x\n", "idp.yaml:1:1: issssuerr: unknown key"},
		{"too short for a hint", "a: x\n", "idp.yaml:1:1: a: unknown key"},
		{"name of the Go field", "Untold: x\n", "idp.yaml:1:1: Untold: unknown key"},
		{"field with a dash", "Dashed: x\n", "idp.yaml:1:1: Dashed: unknown key"},
		{"name of the inline struct", "Common: {log_level: x}\n", "idp.yaml:1:1: Common: unknown key"},
		{"number", "5: x\n", "idp.yaml:1:1: 5: unknown key"},
		{"with a dot", "listen.port: 1\n", "idp.yaml:1:1: [\"listen.port\"]: unknown key"},
		{"in braces", "listen: {addres: x, prt: 1}\n", "idp.yaml:1:10: listen.addres: unknown key; did you mean \"address\"?\nidp.yaml:1:21: listen.prt: unknown key; did you mean \"port\"?"},
		{"behind a tab", "listen:\t{address: x, prt: 1}\n", "idp.yaml:1:22: listen.prt: unknown key; did you mean \"port\"?"},
		{"behind wide letters", "labels: {é: '日本'} # x\nlisten: {address: 日本, prt: 1}\n", "idp.yaml:2:23: listen.prt: unknown key; did you mean \"port\"?"},
		{"behind blocks of text", "labels:\n  a: |\n    x\n\n    y\n\n  b: >-\n\n    z\n  c: p\n    q\n\n    r\nissue: x\n", "idp.yaml:14:1: issue: unknown key; did you mean \"issuer\"?"},
		{"after CR LF", "dev: true\r\n\r\nissue: x\r\n", "idp.yaml:3:1: issue: unknown key; did you mean \"issuer\"?"},
		{"after a byte order mark", "\ufeffissue: x\n", "idp.yaml:1:1: issue: unknown key; did you mean \"issuer\"?"},
		{"a dash", "'-': x\n", "idp.yaml:1:1: -: unknown key"},
		{"very long", "k0123456789012345678901234567890123456789012345678901234567890123456789: x\n", "idp.yaml:1:1: [\"k012345678901234567890123456789012345678901234567890123456789012…\"]: unknown key"},
		{"with a control character", "\"a\\nb\": x\n", "idp.yaml:1:1: [\"a\\nb\"]: unknown key"},
	})
}

func TestKeysGivenTwice(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"at the top", "issuer: a\ndev: true\nissuer: b\n", "idp.yaml:3:1: issuer: key is given twice; the first is on line 1"},
		{"quoted once", "issuer: a\n\"issuer\": b\n", "idp.yaml:2:1: issuer: key is given twice; the first is on line 1"},
		{"three times", "dev: true\ndev: true\ndev: true\n", "idp.yaml:2:1: dev: key is given twice; the first is on line 1\nidp.yaml:3:1: dev: key is given twice; the first is on line 1"},
		{"in a map", "labels: {a: x, a: y}\n", "idp.yaml:1:16: labels.a: key is given twice; the first is on line 1"},
		{"with a fault of its own", "workers: 1\nworkers: x\n", "idp.yaml:2:1: workers: key is given twice; the first is on line 1\nidp.yaml:2:10: workers: expected a whole number, found a text"},
		{"below an unknown key", "colour:\n  a: x\n  a: y\n", "idp.yaml:1:1: colour: unknown key\nidp.yaml:3:3: colour.a: key is given twice; the first is on line 2"},
		{"unknown", "colour: x\ncolour: y\n", "idp.yaml:1:1: colour: unknown key\nidp.yaml:2:1: colour: key is given twice; the first is on line 1"},
	})
}

// The first of two stands, whatever the second says.
func TestFirstKeyStands(t *testing.T) {
	t.Parallel()
	got, _, faults := read(t, "issuer: a\nissuer: b\nlabels: {k: a, k: b}\n")
	if len(faults) != 2 || got.Issuer != "a" || got.Labels["k"] != "a" {
		t.Errorf("got %+v, %v", got, faults)
	}
}

func TestKeysToQuote(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"number", "labels:\n  8080: x\n", "idp.yaml:2:3: labels.8080: key is a number; quote it to make it a text"},
		{"bool", "labels: {true: x}\n", "idp.yaml:1:10: labels.true: key is a true or false value; quote it to make it a text"},
		{"null", "labels:\n  ~: x\n", "idp.yaml:2:3: labels[\"~\"]: key is nothing; quote it to make it a text"},
	})
}
