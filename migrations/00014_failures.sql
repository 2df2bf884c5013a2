-- compatible-with: 12
-- +goose Up

-- Why sign-ins failed, for idp explain: the last few of each client and kind. bucket
-- is the declared client, or '' for all others, so that nobody can make more rows by
-- making up clients. What stands here from outside was cut and cleaned.
CREATE TABLE failures (
    id         TEXT PRIMARY KEY,
    bucket     TEXT NOT NULL,
    client_id  TEXT NOT NULL,
    kind       TEXT NOT NULL,
    seen       TEXT NOT NULL DEFAULT '',
    wanted     TEXT NOT NULL DEFAULT '',
    answer     TEXT NOT NULL DEFAULT '',
    route      TEXT NOT NULL DEFAULT '',
    request_id TEXT NOT NULL DEFAULT '',
    at         BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
CREATE INDEX failures_bucket ON failures (bucket, kind, id);
CREATE INDEX failures_request ON failures (request_id);

-- +goose Down

DROP TABLE failures;
