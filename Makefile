.PHONY: help run test lint generate schema sdl e2e check bench bench-graph drills
help: ## Show this help
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'
run: ## Serve the demo school on the built-in PostgreSQL
	go run .
test: ## Run all tests (they start a PostgreSQL of their own)
	go test ./...
lint: ## Vet, lint and check the formatting
	go vet -tags e2e ./... && golangci-lint run ./...
generate: ## Generate the graph from the schema, and docs/schema.graphql
	go run ./graph/generate && go tool goimports -local lyceum -w resolvers && golangci-lint fmt resolvers && $(MAKE) sdl
schema: ## Write db/schema.sql from the migrations
	UPDATE=1 go test ./db -run TestBothWays -count=1
sdl: ## Write docs/schema.graphql from the schema, and docs/errors.md
	UPDATE=1 go test ./graph/serve -run TestTheCommittedSDL -count=1
	UPDATE=1 go test ./graph/gqlerr -run TestThePageOfErrors -count=1
e2e: ## See the pages in a real Chromium, send mail through a real Mailpit, get a certificate of a real pebble; UPDATE=1 takes the picture in docs anew
	go test -tags e2e ./e2e -count=1
check: lint test e2e ## What .ci/run checks
bench: ## Time the access decision on a large school (see bench/README.md)
	go run ./bench/access -make -url "$(URL)"
drills: ## Break the real program in the ways operations know (see bench/README.md); the ledger needs root for a small disk in memory
	go run ./bench/drills
bench-graph: ## Measure the graph beside PostGraphile and the best SQL (see bench/README.md)
	go run ./bench/graph
