-- compatible-with: 12
-- +goose Up

-- One row per step of the schema: the version of the oldest program that may run
-- beside it. The program that applies a step writes it down, because an older one
-- does not know the step.
CREATE TABLE schema_steps (
    version         BIGINT PRIMARY KEY,
    compatible_with BIGINT NOT NULL
);

-- Restore epochs. What was made before the newest one is dead; most of it is
-- deleted or revoked when the epoch is raised, and what is not stored anywhere is
-- compared with raised_at when it is spent.
CREATE TABLE epochs (
    number    BIGINT PRIMARY KEY,
    raised_at BIGINT NOT NULL,
    reason    TEXT NOT NULL
);

-- +goose Down

DROP TABLE epochs;
DROP TABLE schema_steps;
