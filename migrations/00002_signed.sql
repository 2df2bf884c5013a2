-- +goose Up

-- What may be used one time and was: hashes of assertions, proofs and pushed
-- requests. Inserting the row is the use.
CREATE TABLE spent (
    id         TEXT PRIMARY KEY,
    expires_at BIGINT NOT NULL
);
CREATE INDEX spent_expiry ON spent (expires_at);

-- The key that the grant is bound to (RFC 9449), and what its request's claims
-- parameter asked for.
ALTER TABLE grants ADD COLUMN key_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE grants ADD COLUMN claims TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE grants DROP COLUMN claims;
ALTER TABLE grants DROP COLUMN key_hash;
DROP TABLE spent;
