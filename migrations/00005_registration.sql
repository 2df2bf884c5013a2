-- +goose Up

-- Of a client that registered itself: the hash of the token that may change it.
ALTER TABLE clients ADD COLUMN registration_hash TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE clients DROP COLUMN registration_hash;
