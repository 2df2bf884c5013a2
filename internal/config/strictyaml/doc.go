// Package strictyaml reads one YAML document into a Go struct, strictly, and
// reports all faults of the document at once: each with file, line, column
// and YAML path. It owns the way from bytes to Go values and the wording of
// the faults. It refuses to know what a value means: ranges, required keys and
// URLs are for the caller, who asks Positions where a path stands.
//
//	bytes ──plain text──▶ tokens ──limits──▶ AST ──▶ own tree ──▶ Go struct
//	         text.go      guard.go        syntax.go   tree.go      bind.go
//
// A fault in one of the first three steps ends the reading, because nothing
// behind it can be trusted. The last two steps collect every fault.
//
// What it refuses, though YAML allows it: keys the struct does not have, keys
// given twice, keys without a value, unquoted numbers where a text belongs,
// anchors, aliases, merge keys, tags, explicit keys (?), directives and a
// second document. An alias is never followed, so a document that grows by
// aliases costs no more than its bytes.
//
// Where things stand: a single value stands where its text starts; a mapping or
// list stands at its key, or at its own start when it is an entry of a list.
//
// No message of this package holds a value of the document; keys are shown. The
// errors of an Unmarshaler are shown too, unless its type is marked secret and
// the error repeats a part of the value.
package strictyaml
