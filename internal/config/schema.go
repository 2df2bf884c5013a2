package config

import _ "embed"

// Schema is the JSON Schema of a configuration, and of an included file, for
// editors. A test makes it from the types, the rules and config.example.yaml. It
// knows less than Load: what is required, and how settings hang together, is for
// idp config check.
//
//go:embed config.schema.json
var Schema string
