package strictyaml

import "testing"

func TestWrongTypes(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"number for a text", "issuer: 42\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"decimal for a text", "issuer: 1.10\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"exponent for a text", "issuer: 1e3\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"leading zero for a text", "issuer: 089\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"huge number for a text", "issuer: 99999999999999999999999\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"hexadecimal for a text", "issuer: 0x1F\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"infinity for a text", "issuer: .inf\n", "idp.yaml:1:9: issuer: expected a text, found a number; quote it to make it a text"},
		{"bool for a text", "issuer: true\n", "idp.yaml:1:9: issuer: expected a text, found a true or false value; quote it to make it a text"},
		{"list for a text", "issuer: [a]\n", "idp.yaml:1:1: issuer: expected a text, found a list"},
		{"mapping for a text", "issuer:\n  a: b\n", "idp.yaml:1:1: issuer: expected a text, found a mapping"},
		{"text for a bool", "dev: yes\n", "idp.yaml:1:6: dev: expected true or false, found a text"},
		{"quoted bool", "dev: 'true'\n", "idp.yaml:1:6: dev: expected true or false, found a text"},
		{"number for a bool", "dev: 1\n", "idp.yaml:1:6: dev: expected true or false, found a number"},
		{"text for a whole number", "workers: four\n", "idp.yaml:1:10: workers: expected a whole number, found a text"},
		{"quoted number", "workers: \"4\"\n", "idp.yaml:1:10: workers: expected a whole number, found a text"},
		{"decimal for a whole number", "workers: 1.5\n", "idp.yaml:1:10: workers: expected a whole number, found a decimal number"},
		{"exponent for a whole number", "workers: 1e3\n", "idp.yaml:1:10: workers: expected a whole number, found a decimal number"},
		{"octal", "workers: 010\n", "idp.yaml:1:10: workers: expected a whole number in plain digits, without leading zero, underscore or base"},
		{"new octal", "workers: 0o10\n", "idp.yaml:1:10: workers: expected a whole number in plain digits, without leading zero, underscore or base"},
		{"underscore", "workers: 1_000\n", "idp.yaml:1:10: workers: expected a whole number in plain digits, without leading zero, underscore or base"},
		{"out of range", "quota: 9223372036854775808\n", "idp.yaml:1:8: quota: is out of range for a whole number of 64 bits"},
		{"far out of range", "workers: -99999999999999999999999\n", "idp.yaml:1:10: workers: is out of range for a whole number of 64 bits"},
		{"text for a number", "ratio: half\n", "idp.yaml:1:8: ratio: expected a number, found a text"},
		{"infinity", "ratio: .inf\n", "idp.yaml:1:8: ratio: expected a number in plain digits, without leading zero, underscore or base"},
		{"not a number", "ratio: .nan\n", "idp.yaml:1:8: ratio: expected a number in plain digits, without leading zero, underscore or base"},
		{"number out of range", "ratio: 1e999\n", "idp.yaml:1:8: ratio: is out of range for a number of 64 bits"},
		{"number for a list", "clients:\n- redirect_uris: 5\n", "idp.yaml:2:18: clients[0].redirect_uris: expected a list of texts, found a number"},
		{"text for a list", "clients:\n- redirect_uris: x\n", "idp.yaml:2:18: clients[0].redirect_uris: expected a list of texts, found a text"},
		{"mapping for a list", "clients:\n  client_id: x\n", "idp.yaml:1:1: clients: expected a list of mappings, found a mapping"},
		{"text for a mapping", "listen: ':80'\n", "idp.yaml:1:9: listen: expected a mapping, found a text"},
		{"text for a map", "labels: x\n", "idp.yaml:1:9: labels: expected a mapping of texts, found a text"},
		{"list for a map", "limits: []\n", "idp.yaml:1:1: limits: expected a mapping of mappings, found a list"},
		{"number in a map", "labels: {a: 1}\n", "idp.yaml:1:13: labels.a: expected a text, found a number; quote it to make it a text"},
		{"list in a list", "matrix:\n- [1]\n- 2\n- [x]\n", "idp.yaml:3:3: matrix[1]: expected a list of whole numbers, found a number\nidp.yaml:4:4: matrix[2][0]: expected a whole number, found a text"},
		{"list of lists", "matrix: 1\n", "idp.yaml:1:9: matrix: expected a list of lists, found a number"},
		{"list of bools", "flags: 1\n", "idp.yaml:1:8: flags: expected a list of true or false values, found a number"},
		{"list for a single value", "ttl: [1h]\n", "idp.yaml:1:1: ttl: expected a single value, found a list"},
		{"list of single values", "clients:\n- old_secrets: hunter2hunter2\n", "idp.yaml:2:16: clients[0].old_secrets: expected a list of single values, found a text"},
		{"error of a type", "ttl: 15\n", "idp.yaml:1:6: ttl: expected a duration such as 15m"},
		{"error of a type behind a pointer", "clients: [{ttl: soon}]\n", "idp.yaml:1:17: clients[0].ttl: expected a duration such as 15m"},
		{"text that goes on with a dash", "workers: 0\n  -1\n", "idp.yaml:1:10: workers: expected a whole number, found a text"},
		{"dashed text that goes on with a dash", "flags:\n- -a\n  -b\n", "idp.yaml:2:3: flags[0]: expected true or false, found a text"},
		{"behind tabs", "workers:\t\t'x'\ndev:\t\"y\"\n", "idp.yaml:1:11: workers: expected a whole number, found a text\nidp.yaml:2:6: dev: expected true or false, found a text"},
		{"list for a map of numbers", "weights: [1]\n", "idp.yaml:1:1: weights: expected a mapping of numbers, found a list"},
		{"list for a whole number behind a pointer", "retries: [1]\n", "idp.yaml:1:1: retries: expected a whole number, found a list"},
		{"text for the document", "just text\n", "idp.yaml:1:1: expected a mapping, found a text"},
		{"missing space after colon", "issuer:x\n", "idp.yaml:1:1: expected a mapping, found a text"},
		{"list for the document", "# c\n- a\n", "idp.yaml:2:1: expected a mapping, found a list"},
		{"null for the document", "~\n", "idp.yaml:1:1: expected a mapping, found nothing"},
	})
}

func TestNoValue(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"text", "issuer:\n", "idp.yaml:1:1: issuer: has no value; remove the key or give one"},
		{"tilde", "issuer: ~\n", "idp.yaml:1:1: issuer: has no value; remove the key or give one"},
		{"word null", "workers: null\n", "idp.yaml:1:1: workers: has no value; remove the key or give one"},
		{"list", "clients:\ndev: true\n", "idp.yaml:1:1: clients: has no value; remove the key or give one"},
		{"pointer", "\nretries:\n", "idp.yaml:2:1: retries: has no value; remove the key or give one"},
		{"mapping", "listen:\n  # port: 1\n", "idp.yaml:1:1: listen: has no value; remove the key or give one"},
		{"Unmarshaler", "clients:\n- secret:\n", "idp.yaml:2:3: clients[0].secret: has no value; remove the key or give one"},
		{"entry of a list", "flags:\n- true\n-\n- ~\n", "idp.yaml:3:1: flags[1]: has no value; remove the entry or give one\nidp.yaml:4:1: flags[2]: has no value; remove the entry or give one"},
		{"entry in brackets", "flags: [true, ~]\n", "idp.yaml:1:15: flags[1]: has no value; remove the entry or give one"},
		{"key in braces", "listen: {address}\n", "idp.yaml:1:10: listen.address: has no value; remove the key or give one"},
		{"in a map", "labels:\n  a:\n  b: x\n", "idp.yaml:2:3: labels.a: has no value; remove the key or give one"},
	})
}
