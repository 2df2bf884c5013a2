-- +goose Up

-- Which letter it is; '' is that of a sign-in. Others carry no secret.
ALTER TABLE outbox ADD COLUMN template TEXT NOT NULL DEFAULT '';

-- +goose Down

ALTER TABLE outbox DROP COLUMN template;
