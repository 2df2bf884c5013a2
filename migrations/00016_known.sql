-- compatible-with: 12
-- +goose Up

-- The mark of the known browser whose budget a challenge's mails were counted
-- against; '' if it was those of the address and the network. What is given back
-- goes where it came from.
ALTER TABLE challenges ADD COLUMN known_as TEXT NOT NULL DEFAULT '';

-- Marks of known browsers that were made earlier than this know nobody any more.
ALTER TABLE users ADD COLUMN marks_from BIGINT NOT NULL DEFAULT 0;

-- +goose Down

ALTER TABLE users DROP COLUMN marks_from;
ALTER TABLE challenges DROP COLUMN known_as;
