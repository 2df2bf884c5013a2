-- +goose Up

-- RFC 8707: what the tokens of a grant may be for; '' if its request named nothing.
ALTER TABLE grants ADD COLUMN resources TEXT NOT NULL DEFAULT '';

-- Devices that wait for a person elsewhere (RFC 8628). The device's code is kept
-- as a hash and the person's as a keyed MAC, because it is short. grant_id is the
-- grant that the redemption will insert: that key is the device code's single use.
CREATE TABLE device_codes (
    id            TEXT PRIMARY KEY,
    device_hash   TEXT NOT NULL UNIQUE,
    user_code_mac TEXT NOT NULL UNIQUE,
    grant_id      TEXT NOT NULL,
    client_id     TEXT NOT NULL,
    scopes        TEXT NOT NULL,
    resources     TEXT NOT NULL DEFAULT '',
    ip            TEXT NOT NULL DEFAULT '',
    user_agent    TEXT NOT NULL DEFAULT '',
    state         TEXT NOT NULL,
    user_id       TEXT NOT NULL DEFAULT '',
    session_id    TEXT NOT NULL DEFAULT '',
    pause         BIGINT NOT NULL,
    polled_at     BIGINT NOT NULL DEFAULT 0,
    hasty         INTEGER NOT NULL DEFAULT 0,
    created_at    BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL
);

-- Random keys that must outlive a change of the root secret, sealed by it.
CREATE TABLE sealed_keys (
    name   TEXT PRIMARY KEY,
    sealed TEXT NOT NULL
);

-- +goose Down

DROP TABLE sealed_keys;
DROP TABLE device_codes;
ALTER TABLE grants DROP COLUMN resources;
