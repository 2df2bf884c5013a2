-- +goose Up

-- Where a client is told of logouts; '' if it is not. It is in spec too: here it
-- can be asked for in the statement that ends a session.
ALTER TABLE clients ADD COLUMN backchannel_logout_uri TEXT NOT NULL DEFAULT '';

-- One row per client and session that ended. Its id begins with the time it was
-- made, like those of the outbox. No token: one is signed for each try.
CREATE TABLE logout_notices (
    id           TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL,
    user_id      TEXT NOT NULL,
    session_id   TEXT NOT NULL,
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    created_at   BIGINT NOT NULL,
    next_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    delivered_at BIGINT NOT NULL DEFAULT 0,
    reply        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX logout_notices_due ON logout_notices (next_at) WHERE state IN ('queued', 'sending', 'deferred');

-- +goose Down

DROP TABLE logout_notices;
ALTER TABLE clients DROP COLUMN backchannel_logout_uri;
