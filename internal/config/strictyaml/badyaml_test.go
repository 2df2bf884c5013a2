package strictyaml

import "testing"

func TestRefusedParts(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"anchor", "issuer: &i x\n", "idp.yaml:1:9: issuer: anchor (&) is not supported; quote a text that starts with &"},
		{"alias", "labels: {a: *b}\n", "idp.yaml:1:13: labels.a: alias (*) is not supported; quote a text that starts with *"},
		{"anchor on a list", "clients: &c\n- client_id: 5\n", "idp.yaml:1:10: clients: anchor (&) is not supported; quote a text that starts with &\nidp.yaml:2:14: clients[0].client_id: expected a text, found a number; quote it to make it a text"},
		{"merge key", "listen:\n  <<: {port: 1}\n  address: x\n", "idp.yaml:2:3: listen[\"<<\"]: merge key (<<) is not supported; write the keys out"},
		{"merge of an alias", "listen:\n  <<: *l\n", "idp.yaml:2:3: listen[\"<<\"]: merge key (<<) is not supported; write the keys out\nidp.yaml:2:7: listen[\"<<\"]: alias (*) is not supported; quote a text that starts with *"},
		{"tag on a text", "issuer: !!str 5\n", "idp.yaml:1:9: issuer: tag (!) is not supported; quote a text that starts with !\nidp.yaml:1:15: issuer: expected a text, found a number; quote it to make it a text"},
		{"own tag", "listen: !go {port: x}\n", "idp.yaml:1:9: listen: tag (!) is not supported; quote a text that starts with !\nidp.yaml:1:20: listen.port: expected a whole number, found a text"},
		{"tag on the document", "!!map\nissuer: x\n", "idp.yaml:1:1: tag (!) is not supported; quote a text that starts with !"},
		{"explicit key", "? issuer\n: x\n", "idp.yaml:1:1: explicit key (?) is not supported; write key: value"},
		{"anchor on a key", "&a issuer: x\n", "idp.yaml:1:1: anchor (&) on a key is not supported"},
		{"tag on a key", "!!str issuer: x\n", "idp.yaml:1:1: tag (!) on a key is not supported"},
		{"alias as a key", "*a : x\n", "idp.yaml:1:1: alias (*) as a key is not supported"},
		{"second document", "issuer: x\n---\nissuer: y\n", "idp.yaml:2:1: second document in the file; keep one"},
		{"empty second document", "issuer: x\n---\n", "idp.yaml:2:1: second document in the file; keep one"},
		{"text after the end", "issuer: x\n...\ndev: true\n", "idp.yaml:3:1: second document in the file; keep one"},
		{"directive", "%YAML 1.2\n---\nissuer: x\n", "idp.yaml:1:1: directive (%) is not supported; quote a text that starts with %"},
		{"wrong hexadecimal escape", "issuer: \"\\xZZ\"\n", "idp.yaml:1:9: issuer: escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8"},
		{"wrong escape in a key", "\"\\u12G4\": x\n", "idp.yaml:1:1: [\"፴\"]: escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8"},
		{"wrong escape on the second line", "issuer: \"a\n  \\xZZ\"\n", "idp.yaml:1:9: issuer: escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8"},
		{"half a character", "issuer: \"\\U0000D800\"\n", "idp.yaml:1:9: issuer: escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8"},
		{"escape beyond the characters", "issuer: \"\\UFFFFFFFF\"\n", "idp.yaml:1:9: issuer: escape in double quotes is not a character; \\x takes 2 hex digits, \\u 4 and \\U 8"},
	})
}

func TestSyntax(t *testing.T) {
	t.Parallel()
	runBad(t, []badDocument{
		{"tab", "listen:\n\tport: 1\n", "idp.yaml:2:1: tab where only spaces may stand"},
		{"tab before a key in braces", "listen: {\tport: 1}\n", "idp.yaml:1:14: tab where only spaces may stand"},
		{"open list", "flags: [true\n", "idp.yaml:1:8: list is not closed; ] is missing"},
		{"open mapping", "listen: {port: 1\n", "idp.yaml:1:9: mapping is not closed; } is missing"},
		{"stray bracket", "flags: ]\n", "idp.yaml:1:8: ] without a ["},
		{"open double quote", "issuer: \"x\ndev: true\n", "idp.yaml:1:9: quoted text is not closed, or an escape in it is not complete"},
		{"open single quote", "issuer: 'it\n", "idp.yaml:1:9: quoted text is not closed, or an escape in it is not complete"},
		{"colon in a text", "issuer: a: b\n", "idp.yaml:1:9: a key stands where only a value may; check the indentation, or quote a text that holds a colon"},
		{"wrong indentation", "issuer: a\n dev: true\n", "idp.yaml:1:9: a key stands where only a value may; check the indentation, or quote a text that holds a colon"},
		{"text after quotes", "issuer: 'a' b\n", "idp.yaml:1:13: text after the value; check the indentation and quotes"},
		{"key after a list", "- a\nissuer: x\n", "idp.yaml:2:1: text after the value; check the indentation and quotes"},
		{"at sign", "issuer: @x\n", "idp.yaml:1:9: text starts with @ or `; quote it"},
		{"unknown escape", "issuer: \"C:\\q\"\n", "idp.yaml:1:13: unknown escape after a backslash; use single quotes or double the backslash"},
		{"short escape", "issuer: \"\\u12\"\n", "idp.yaml:1:9: quoted text is not closed, or an escape in it is not complete"},
		{"dash behind a key", "flags: - true\n", "idp.yaml:1:8: list entry (-) must start on a line of its own"},
		{"missing comma", "flags: [true false, {a: b} c]\n", "idp.yaml:1:28: comma or ] is missing in the list"},
		{"header of a block", "issuer: |s3cret\n  x\n", "idp.yaml:1:9: nothing but an indentation digit, + or - may follow | or > on its line"},
		{"empty place in brackets", "flags: [true,,true]\n", "idp.yaml:1:14: cannot be read as YAML; check indentation, quotes and brackets"},
		{"control character", "issuer: x\nlog_level: a\x00b\n", "idp.yaml:2:13: holds the control character U+0000; remove it or write an escape in double quotes"},
		{"not UTF-8", "issuer: é\xff\n", "idp.yaml:1:10: is not UTF-8 text"},
		{"UTF-16", "\xff\xfei\x00", "idp.yaml:1:1: is not UTF-8 text"},
	})
}
