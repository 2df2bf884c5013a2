-- +goose Up

-- What happened, for whoever has to look into it later. An event is inserted in
-- the transaction of what it tells, with seq 0; a job then gives it its place in
-- the chain (seq, personal_mac, hash). The client's address is the only thing of a
-- person in it: deleting the person blanks ip and address_ref, which the chain
-- covers by personal_mac alone, so it stays whole.
CREATE TABLE audit_events (
    id           TEXT PRIMARY KEY,
    seq          BIGINT NOT NULL DEFAULT 0,
    at           BIGINT NOT NULL,
    name         TEXT NOT NULL,
    actor        TEXT NOT NULL,
    subject      TEXT NOT NULL DEFAULT '',
    client_id    TEXT NOT NULL DEFAULT '',
    ip           TEXT NOT NULL DEFAULT '',
    address_ref  TEXT NOT NULL DEFAULT '',
    request_id   TEXT NOT NULL DEFAULT '',
    result       TEXT NOT NULL DEFAULT '',
    detail       TEXT NOT NULL DEFAULT '',
    personal_mac TEXT NOT NULL DEFAULT '',
    hash         TEXT NOT NULL DEFAULT '',
    erased_at    BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX audit_waiting ON audit_events (id) WHERE seq = 0;
CREATE UNIQUE INDEX audit_chained ON audit_events (seq) WHERE seq > 0;
CREATE INDEX audit_of_subject ON audit_events (subject, id) WHERE subject <> '';

-- The two ends of the chain: the last event in it, and the last one that the purge
-- took. mac proves that this program wrote them.
CREATE TABLE audit_ends (
    name TEXT PRIMARY KEY,
    seq  BIGINT NOT NULL,
    hash TEXT NOT NULL,
    mac  TEXT NOT NULL
);

-- Groups that an administrator put the person into, beside those of the
-- configuration; space-separated.
ALTER TABLE users ADD COLUMN group_names TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE users DROP COLUMN group_names;
DROP TABLE audit_ends;
DROP TABLE audit_events;
