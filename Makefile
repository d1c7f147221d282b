# Portico's commands. `make` alone explains them.

CARGO ?= cargo
FUZZ_RUNS ?= 1000000
BENCH_FLAGS ?=

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help build test fmt lint tidy bench fuzz clean

help: ## Explain the commands
	@echo "Usage: make COMMAND"
	@echo
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## Build target/release/portico
	$(CARGO) build --release --locked

test: ## Install what the tests need (it says what), then run everything CI runs
	@.ci/setup test
	@$(MAKE) --no-print-directory fmt lint tidy
	$(CARGO) test --locked --workspace --doc
	$(CARGO) test --locked --workspace --lib --bins --tests

fmt: ## Check the formatting
	$(CARGO) fmt --all --check

lint: ## Run clippy; a warning fails
	$(CARGO) clippy --locked --workspace --all-targets -- -D warnings

tidy: ## Check arrows between crates, licences, file shapes and links
	$(CARGO) run --locked --quiet --package xtask -- tidy

bench: ## Measure against nginx and haproxy (about 5 minutes; BENCH_FLAGS="--rounds 3")
	@.ci/setup bench
	$(CARGO) build --release --locked
	python3 bench/run.py $(BENCH_FLAGS)

fuzz: ## Run every fuzz target for a million executions (FUZZ_RUNS=...)
	@.ci/setup fuzz
	@set -eu; targets=$$($(CARGO) fuzz list); for target in $$targets; do \
	  echo "fuzz: $$target, $(FUZZ_RUNS) executions"; \
	  mkdir -p fuzz/target/found/$$target fuzz/corpus/$$target; \
	  RUSTC_BOOTSTRAP=1 $(CARGO) fuzz run $$target \
	    fuzz/target/found/$$target fuzz/corpus/$$target -- -runs=$(FUZZ_RUNS); \
	done

clean: ## Remove what was built and measured
	$(CARGO) clean
	rm -rf bench/.work fuzz/target
