-- +goose Up

CREATE TABLE users (
    id            TEXT PRIMARY KEY,
    email         TEXT NOT NULL UNIQUE,
    name          TEXT NOT NULL DEFAULT '',
    locale        TEXT NOT NULL DEFAULT '',
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    last_login_at BIGINT NOT NULL DEFAULT 0,
    disabled_at   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE sessions (
    id            TEXT PRIMARY KEY,
    token_hash    TEXT NOT NULL UNIQUE,
    user_id       TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_seen_at  BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    absolute_at   BIGINT NOT NULL,
    auth_time     BIGINT NOT NULL,
    amr           TEXT NOT NULL,
    acr           TEXT NOT NULL,
    ip            TEXT NOT NULL DEFAULT '',
    user_agent    TEXT NOT NULL DEFAULT '',
    revoked_at    BIGINT NOT NULL DEFAULT 0,
    revoke_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX sessions_user ON sessions (user_id);
CREATE INDEX sessions_expiry ON sessions (expires_at);

-- Rows of the next three tables live for a bounded time and their ids begin with
-- the time they were made, so that the primary key finds those to purge.
CREATE TABLE challenges (
    id           TEXT PRIMARY KEY,
    flow         TEXT NOT NULL DEFAULT '',
    client_id    TEXT NOT NULL DEFAULT '',
    email        TEXT NOT NULL,
    email_typed  TEXT NOT NULL,
    browser_hash TEXT NOT NULL,
    ip           TEXT NOT NULL DEFAULT '',
    user_agent   TEXT NOT NULL DEFAULT '',
    locale       TEXT NOT NULL DEFAULT '',
    number       TEXT NOT NULL,
    state        TEXT NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    sends        INTEGER NOT NULL,
    next_send_at BIGINT NOT NULL,
    created_at   BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    link_used_at BIGINT NOT NULL DEFAULT 0,
    approved_at  BIGINT NOT NULL DEFAULT 0,
    approved_by  TEXT NOT NULL DEFAULT '',
    session_id   TEXT NOT NULL DEFAULT ''
);

-- One row per mail that went out. Only a hash of the link and a keyed MAC of the
-- code are kept.
CREATE TABLE challenge_secrets (
    id           TEXT PRIMARY KEY,
    challenge_id TEXT NOT NULL,
    link_hash    TEXT NOT NULL UNIQUE,
    code_mac     TEXT NOT NULL,
    failures     INTEGER NOT NULL DEFAULT 0,
    minted_at    BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);
CREATE INDEX challenge_secrets_challenge ON challenge_secrets (challenge_id);

-- Letters to send. No body and no secret: both are made when a letter goes out.
CREATE TABLE outbox (
    id           TEXT PRIMARY KEY,
    challenge_id TEXT NOT NULL,
    recipient    TEXT NOT NULL,
    locale       TEXT NOT NULL DEFAULT '',
    client_id    TEXT NOT NULL DEFAULT '',
    number       TEXT NOT NULL DEFAULT '',
    user_agent   TEXT NOT NULL DEFAULT '',
    asked_at     BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL,
    state        TEXT NOT NULL,
    tries        INTEGER NOT NULL DEFAULT 0,
    next_at      BIGINT NOT NULL,
    accepted_at  BIGINT NOT NULL DEFAULT 0,
    server       TEXT NOT NULL DEFAULT '',
    reply        TEXT NOT NULL DEFAULT ''
);
CREATE INDEX outbox_challenge ON outbox (challenge_id);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state IN ('queued', 'sending', 'deferred');

CREATE TABLE counters (
    key        TEXT PRIMARY KEY,
    count      INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX counters_expiry ON counters (expires_at);

-- The id is the one that the authorization code carries: inserting the row is
-- the code's single use.
CREATE TABLE grants (
    id            TEXT PRIMARY KEY,
    client_id     TEXT NOT NULL,
    user_id       TEXT NOT NULL,
    session_id    TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    auth_time     BIGINT NOT NULL,
    amr           TEXT NOT NULL,
    acr           TEXT NOT NULL,
    created_at    BIGINT NOT NULL,
    last_used_at  BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    absolute_at   BIGINT NOT NULL,
    refresh_salt  TEXT NOT NULL DEFAULT '',
    generation    BIGINT NOT NULL DEFAULT 0,
    rotated_at    BIGINT NOT NULL DEFAULT 0,
    revoked_at    BIGINT NOT NULL DEFAULT 0,
    revoke_reason TEXT NOT NULL DEFAULT ''
);
CREATE INDEX grants_user ON grants (user_id);
CREATE INDEX grants_session ON grants (session_id);
CREATE INDEX grants_expiry ON grants (absolute_at);

CREATE TABLE consents (
    user_id    TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    scopes     TEXT NOT NULL,
    granted_at BIGINT NOT NULL,
    PRIMARY KEY (user_id, client_id)
);

CREATE TABLE clients (
    id          TEXT PRIMARY KEY,
    source      TEXT NOT NULL,
    spec        TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    disabled_at BIGINT NOT NULL DEFAULT 0
);

-- The private part is sealed by a key that is never in the database.
CREATE TABLE signing_keys (
    id          TEXT PRIMARY KEY,
    algorithm   TEXT NOT NULL,
    state       TEXT NOT NULL,
    private     TEXT NOT NULL,
    created_at  BIGINT NOT NULL,
    activate_at BIGINT NOT NULL,
    retired_at  BIGINT NOT NULL DEFAULT 0
);
-- Two replicas that rotate at once: one wins, the other gets a conflict.
CREATE UNIQUE INDEX signing_keys_active ON signing_keys (algorithm) WHERE state = 'active';
CREATE UNIQUE INDEX signing_keys_published ON signing_keys (algorithm) WHERE state = 'published';

-- +goose Down

DROP TABLE signing_keys;
DROP TABLE clients;
DROP TABLE consents;
DROP TABLE grants;
DROP TABLE counters;
DROP TABLE outbox;
DROP TABLE challenge_secrets;
DROP TABLE challenges;
DROP TABLE sessions;
DROP TABLE users;
