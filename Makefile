.PHONY: help run build image sbom secrets test lint generate schema sdl e2e check bench bench-graph drills
BIN ?= bin/lyceum
# What the program says of itself. An unpacked archive has no repository to ask: make build RELEASE=v1.2.3 REVISION=<commit>
RELEASE ?= $(shell git describe --tags 2>/dev/null)
REVISION ?= $(shell git rev-parse HEAD 2>/dev/null)$(shell git status --porcelain 2>/dev/null | grep -q . && echo +changes)
help: ## Show this help
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  %-12s %s\n", $$1, $$2}'
run: ## Serve the demo school on the built-in PostgreSQL
	go run .
build: ## Build the program into bin/: static, free of this machine's paths, version and commit inside
	CGO_ENABLED=0 go build -trimpath -o $(BIN) \
		-ldflags '-s -w -X lyceum/app/commands.release=$(RELEASE) -X lyceum/app/commands.revision=$(REVISION)' .
image: build ## Build the container image lyceum:latest, which holds the program and nothing else
	buildah build --file deploy/Containerfile --tag lyceum:latest $(dir $(BIN))
sbom: build ## Write the bill of materials of what was built, bin/lyceum.cdx.json (CycloneDX)
	go run github.com/CycloneDX/cyclonedx-gomod/cmd/cyclonedx-gomod@v1.10.0 bin -json -std -output $(BIN).cdx.json $(BIN)
secrets: ## Look for secrets in the whole history
	go run github.com/zricethezav/gitleaks/v8@v8.30.1 git --no-banner --redact --config .gitleaks.toml .
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
	go run ./bench/restore -size 0.05
bench-graph: ## Measure the graph beside PostGraphile and the best SQL (see bench/README.md)
	go run ./bench/graph
