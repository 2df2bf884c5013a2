// Package config reads the administrator's YAML file.
//
// It is strict: unknown, missing, repeated, badly typed and dangerous values are
// all reported at once, each with file, line, column and YAML path. A loaded
// Config is complete and checked; nothing behind it has to ask again.
//
// Secrets are never written in the file. Where one is needed, the file says
// where it is (env:NAME or file:/path), or, for client secrets, gives a hash.
package config
