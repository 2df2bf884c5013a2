# make help lists the targets.
.DEFAULT_GOAL := help
PG_DURABLE := -c fsync=on -c synchronous_commit=on
ROWS ?= 100000

.PHONY: help run test unit e2e screenshots bench benchmail prove lint build clean

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## everything on this machine, to try it out (idp dev)
	go run ./cmd/idp dev

test: ## all tests; as root on Debian it installs what they need first
	scripts/install-test-tools
	$(MAKE) lint unit e2e

unit: ## the Go tests, on PostgreSQL and SQLite
	scripts/with-postgres scripts/gotest ./...

e2e: ## the tests in a real browser, and with a foreign client
	cd e2e && npm ci --no-audit --no-fund --loglevel=error && ../scripts/with-postgres npm test

screenshots: ## every page, light and dark, narrow and wide, into ./screenshots
	cd e2e && npm ci --no-audit --no-fund --loglevel=error && node screenshots.js ../screenshots

bench: ## cost of each operation beside a floor program, and of a login with ROWS people, on PostgreSQL
	PG_OPTIONS="$(PG_DURABLE)" scripts/with-postgres go run ./bench
	PG_OPTIONS="$(PG_DURABLE)" scripts/with-postgres go run ./bench -rows $(ROWS) -only login

benchmail: ## how long a mail takes at 50 sign-ins a second, on PostgreSQL
	PG_OPTIONS="$(PG_DURABLE)" scripts/with-postgres go run ./bench -mail

prove: ## the laboratories in their long form, into docs/proof.md (long; ONLY=name plays one)
	scripts/with-postgres go run ./scripts/prove $(ONLY)

lint: ## formatting, vet, and golangci-lint where it is installed
	scripts/lint

build: ## the static binary, into ./bin
	CGO_ENABLED=0 go build -trimpath -ldflags="-s -w" -o bin/idp ./cmd/idp

clean: ## what the other targets made
	rm -rf bin screenshots e2e/node_modules e2e/output
