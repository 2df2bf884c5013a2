-- +goose Up

-- Challenges of applications that ask by themselves, which the number '' marks:
-- an application may name the address instead of the challenge. Logins in
-- browsers pay nothing for it.
CREATE INDEX challenges_native ON challenges (email, client_id) WHERE number = '';

-- +goose Down

DROP INDEX challenges_native;
