# Heliograph. `make run` and `make test` are all that a newcomer needs.

GO      ?= go
MODE    ?= simulator
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# Tools, by version; none of them enters the product's dependencies. oapi-codegen stands in adapters/httpapi/generate.go.
WIRE         := github.com/google/wire/cmd/wire@v0.7.0
STATICCHECK  := honnef.co/go/tools/cmd/staticcheck@v0.8.2
GOVULNCHECK  := golang.org/x/vuln/cmd/govulncheck@v1.1.4

# How the tests run, here and in CI. FUZZTIME is for each fuzz target.
TESTFLAGS ?= -race -shuffle=on -timeout=10m
FUZZTIME  ?= 3s
SOAKTIME  ?= 5m
PACKAGES  ?= ./...
SOURCES   := main.go domain ports app adapters wire test examples

.DEFAULT_GOAL := help
.PHONY: help build run test check fmt format vet staticcheck generate generated tidy repeat fuzz bench figures soak signal-cli clients vuln clean FORCE

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: build/heliograph ## build the program into build/heliograph

# Go knows what is up to date.
build/heliograph: FORCE
	@mkdir -p build
	@CGO_ENABLED=0 $(GO) build -trimpath -ldflags '-s -w -X heliograph/wire.version=$(VERSION)' -o $@ .

run: build/heliograph ## start the gateway; MODE=simulator needs nothing else
	@MODE=$(MODE) exec ./build/heliograph serve

test: ## every test that this machine can run
	@$(GO) test -json $(TESTFLAGS) $(PACKAGES) | $(GO) run ./test/summary

# What CI runs, and what passes before every commit.
check: format vet staticcheck tidy generated ## everything: format, vet, staticcheck, generated code, tests, short fuzz
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory repeat
	@$(MAKE) --no-print-directory fuzz

fmt: ## format the code
	@gofmt -s -w $(SOURCES)

format:
	@unformatted=$$(gofmt -s -l $(SOURCES)); [ -z "$$unformatted" ] || { echo "not formatted (make fmt): $$unformatted"; exit 1; }

vet:
	@$(GO) vet ./...

staticcheck:
	@$(GO) run $(STATICCHECK) ./...

generate: ## write generated code anew: server and client from openapi.yaml, wiring
	@$(GO) generate -skip google/wire ./... # wire_gen.go asks for an unpinned one
	@$(GO) run $(WIRE) gen ./wire

# Fails when the generated code in the tree is not what the generators write.
generated:
	@sums() { find $(SOURCES) -name '*.gen.go' -o -name 'wire_gen.go' | sort | xargs cksum; }; \
	before=$$(sums) && $(MAKE) --no-print-directory generate && after=$$(sums) && \
	[ "$$before" = "$$after" ] || { echo "generated code was stale; commit what make generate wrote"; exit 1; }

tidy:
	@$(GO) mod tidy -diff

# Concurrency shows its faults on repetition: the hub and the suites again, in other orders.
repeat:
	@$(GO) test -json $(TESTFLAGS) -count=3 ./adapters/hub/... ./adapters/memlog/... ./adapters/signalcli/jsonrpc/... | $(GO) run ./test/summary

fuzz: ## each fuzz target for FUZZTIME
	@GO=$(GO) sh test/fuzz.sh $(FUZZTIME)

bench: ## the benchmarks, with allocations
	@$(GO) test -run '^$$' -bench . -benchmem -timeout=2h ./...

# The servers of a cluster, and readers, share the machine with the gateway; nothing else should.
figures: build ## what it costs to keep events: logs side by side, delay, replay, memory, start
	@wc -c build/heliograph
	@$(GO) test -run '^$$' -bench '^BenchmarkAppend$$' -timeout=1h ./adapters/jetstream
	@$(GO) test -run '^$$' -bench '^BenchmarkRead$$/^(memory|embedded|server|cluster)' -timeout=1h ./adapters/jetstream
	@$(GO) test -run '^$$' -bench '^Benchmark(Through|Delay|Replay|Start)$$' -timeout=1h ./test/e2e

soak: ## long forms of tests, the others over and over, and long fuzzing
	@HELIOGRAPH_SOAK=1 $(GO) test -v -run '^TestKilledGateway' -timeout=1h ./test/e2e
	@$(GO) test -json $(TESTFLAGS) -count=20 -timeout=2h ./adapters/... ./app/... | $(GO) run ./test/summary
	@$(MAKE) --no-print-directory fuzz FUZZTIME=$(SOAKTIME)

signal-cli: ## install the real signal-cli for the tests into build/signal-cli
	@sh test/realcli/install.sh

clients: ## install published clients of the reference for the tests into build/clients
	@sh test/clients/install.sh

vuln: ## known vulnerabilities of what is used (needs the network)
	@$(GO) run $(GOVULNCHECK) ./...

clean: ## remove what was built and installed
	@rm -rf build
