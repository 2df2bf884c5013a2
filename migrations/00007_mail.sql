-- +goose Up

-- Why a letter waits or came back, in a word for people; '' if neither. And since
-- when its mailbox refuses letters, which can be before this one was written.
ALTER TABLE outbox ADD COLUMN reason TEXT NOT NULL DEFAULT '';
ALTER TABLE outbox ADD COLUMN refused_at BIGINT NOT NULL DEFAULT 0;

-- A letter that never goes out, whatever its state says to the waiting page.
ALTER TABLE outbox ADD COLUMN decoy BOOLEAN NOT NULL DEFAULT FALSE;

-- Addresses whose mailbox sent a letter back for good. A row counts until the
-- person signs in again; tried_at is when the last letter was sent in spite of it.
CREATE TABLE bounced (
    email      TEXT PRIMARY KEY,
    reason     TEXT NOT NULL,
    refused_at BIGINT NOT NULL,
    tried_at   BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX bounced_expiry ON bounced (expires_at);

-- +goose Down

DROP TABLE bounced;
ALTER TABLE outbox DROP COLUMN decoy;
ALTER TABLE outbox DROP COLUMN refused_at;
ALTER TABLE outbox DROP COLUMN reason;
