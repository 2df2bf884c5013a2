-- +goose Up

-- One row per budget and whoever uses it, with up to three windows, so that an
-- e-mail that is asked for touches one row where it touched one per window. The
-- longest window comes first: the row is of no use once that has passed. The
-- numbers that were counted so far are given up.
DROP TABLE counters;
CREATE TABLE counters (
    key     TEXT PRIMARY KEY,
    used_at BIGINT NOT NULL,
    count1  INTEGER NOT NULL,
    ends1   BIGINT NOT NULL,
    count2  INTEGER NOT NULL DEFAULT 0,
    ends2   BIGINT NOT NULL DEFAULT 0,
    count3  INTEGER NOT NULL DEFAULT 0,
    ends3   BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX counters_expiry ON counters (ends1);

-- Whether anybody of a domain ever signed in: the domain in words of both databases.
CREATE INDEX users_domain ON users (SUBSTR(email, LENGTH(RTRIM(email, REPLACE(email, '@', ''))) + 1));

-- +goose Down

DROP INDEX users_domain;

DROP TABLE counters;
CREATE TABLE counters (
    key        TEXT PRIMARY KEY,
    count      INTEGER NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX counters_expiry ON counters (expires_at);
