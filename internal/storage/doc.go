// Package storage keeps everything that matters, with GORM, in PostgreSQL or in
// an embedded SQLite file.
//
// One exported method is one use case and one transaction; no transaction
// leaves the package. It translates database errors into the sentinels of
// package idp and implements the interfaces that magiclink, mail, oidc and login
// declare.
//
// The rules, kept by a test that reads these files:
//
//   - Every one-shot is one conditional UPDATE (or an INSERT on a primary key)
//     and RowsAffected == 1. The WHERE clause is the lock.
//   - Conditions are strings with placeholders. GORM's struct conditions drop
//     zero values, which turns an empty token into "any row"; they are
//     forbidden, and so are Save, AutoMigrate, First(&x, id), hooks,
//     associations and soft delete.
//   - An empty or malformed secret never reaches a look-up: secret.Token.Hash
//     of an empty token is "", and every look-up refuses "".
//   - dialect.go says in what the two databases differ; what PostgreSQL alone has is
//     in postgres.go, pipeline.go, gather.go, impatient.go, unavailable.go and
//     unreached.go.
package storage
