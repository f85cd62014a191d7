# Trụ Cột. `make help` lists what can be made.
.DEFAULT_GOAL := help
export CGO_ENABLED = 0
GO ?= go

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

build: ## one static binary, ./trucot
	$(GO) build -trimpath -o trucot .

demo: ## fill a fresh folder with the sample agency and serve it
	$(GO) run . demo

generate: ## page templates → Go, definition files → their ready trees
	$(GO) tool templ generate -path internal
	$(GO) generate ./internal/app/prepared

setup: ## install what the tests need (PostgreSQL, Chromium, LibreOffice), or say what to install
	@./scripts/setup-tests

lint: ## formatting, vet, and that generated files are current
	@test -z "$$(gofmt -l $$(git ls-files '*.go' | grep -v _templ.go))" || { gofmt -l $$(git ls-files '*.go'); echo "gofmt: run gofmt -w on these files"; exit 1; }
	$(GO) vet ./...
	$(GO) tool templ generate -path internal
	git diff --exit-code -- '*_templ.go'

test: setup lint ## everything: SQLite, PostgreSQL, Chromium, LibreOffice
	$(GO) test -timeout 30m ./...

race: ## the concurrent parts under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -short ./internal/kernel/... ./internal/engine/indicator/...

bench: setup ## the figures of docs/benchmarks.md, printed
	./scripts/bench

fuzz: ## ten seconds on every parser
	@./scripts/fuzz 10s

.PHONY: help build demo generate setup lint test race bench fuzz
