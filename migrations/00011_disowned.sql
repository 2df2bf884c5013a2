-- +goose Up

-- The sign-in that made a session, so that whoever disowns the one ends the
-- other. It is looked up among the sessions of one user.
ALTER TABLE sessions ADD COLUMN challenge_id TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE sessions DROP COLUMN challenge_id;
