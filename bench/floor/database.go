package main

// connections is what the product opens at most by default.
const connections = 16

// There are no foreign keys and only the indexes that uniqueness needs. Room in
// the pages of grants lets a refresh stay on its page.
const schema = `
CREATE TABLE IF NOT EXISTS users (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE, name text NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS sessions (
	id bytea PRIMARY KEY, user_id bigint NOT NULL, expires timestamptz NOT NULL);
CREATE TABLE IF NOT EXISTS grants (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, code bytea NOT NULL UNIQUE, hash bytea NOT NULL, client text NOT NULL,
	user_id bigint NOT NULL, expires timestamptz NOT NULL, jkt text NOT NULL DEFAULT '') WITH (fillfactor = 70);
CREATE TABLE IF NOT EXISTS proofs (id bytea PRIMARY KEY);
CREATE TABLE IF NOT EXISTS logins (
	id bytea PRIMARY KEY, email text NOT NULL, flow text NOT NULL, expires timestamptz NOT NULL)
	WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
CREATE TABLE IF NOT EXISTS keys (es bytea NOT NULL, rs bytea NOT NULL);
`

const (
	findSession = `SELECT user_id FROM sessions WHERE id = $1 AND expires > now()`

	startLogin = `INSERT INTO logins VALUES ($1, $2, $3, now() + interval '10 minutes')`

	// The DELETE is the single use of a link.
	useLink = `WITH l AS (DELETE FROM logins WHERE id = $1 AND expires > now() RETURNING email, flow),
		u AS (INSERT INTO users (email) SELECT email FROM l ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id)
		INSERT INTO sessions SELECT $2, u.id, now() + interval '1 day' FROM u RETURNING user_id, (SELECT flow FROM l)`

	// The unique code is its single use.
	redeemCode = `INSERT INTO grants (code, hash, client, user_id, expires) VALUES ($1, $2, $3, $4, now() + interval '30 days')
		ON CONFLICT (code) DO NOTHING RETURNING id`

	rotate = `UPDATE grants SET hash = $1 WHERE id = $2 AND hash = $3 AND client = $4 AND expires > now() AND jkt = '' RETURNING user_id`

	// The same two with a key: the proof of it works once too.
	redeemBound = `WITH p AS (INSERT INTO proofs VALUES ($5) ON CONFLICT DO NOTHING RETURNING id)
		INSERT INTO grants (code, hash, client, user_id, expires, jkt) SELECT $1, $2, $3, $4, now() + interval '30 days', $6 FROM p
		ON CONFLICT (code) DO NOTHING RETURNING id`

	rotateBound = `WITH p AS (INSERT INTO proofs VALUES ($5) ON CONFLICT DO NOTHING RETURNING id)
		UPDATE grants SET hash = $1 FROM p WHERE grants.id = $2 AND hash = $3 AND client = $4 AND expires > now() AND jkt = $6 RETURNING user_id`

	findUser = `SELECT email, name FROM users WHERE id = $1`

	findGrant = `SELECT user_id FROM grants WHERE id = $1 AND expires > now()`
)
