// Package migrations embeds the versioned schema. One text serves PostgreSQL
// and SQLite: ids and hashes are TEXT made in Go, times are BIGINT Unix
// milliseconds (0: never), lists are space-separated TEXT, and nothing depends
// on a database's own clock or counters.
package migrations

import "embed"

// FS holds the migrations, one file per version, in goose's format.
//
//go:embed *.sql
var FS embed.FS
