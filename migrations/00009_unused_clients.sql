-- +goose Up

-- Of a client that registered itself: when the purge first saw that somebody had
-- signed in to it; 0 for never.
ALTER TABLE clients ADD COLUMN used_at BIGINT NOT NULL DEFAULT 0;

-- Grants of such clients, whose ids begin with dyn_: for that look, and for no
-- sign-in to any other client.
CREATE INDEX grants_of_registered ON grants (client_id) WHERE substr(client_id, 1, 4) = 'dyn_';

-- +goose Down

DROP INDEX grants_of_registered;

ALTER TABLE clients DROP COLUMN used_at;
