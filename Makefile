# Everything a newcomer needs: `make demo` to see the gateway work, `make test` to see it proved.
# Each target brings the machine to where it must be (scripts/setup) and can be run again at any time.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

# The Swift compiler driver; another one: make test SWIFT=/path/to/swift
export SWIFT ?= swift

.PHONY: help demo test bench fuzz release format lint clean

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## set up, build, start a gateway and walk one wallet's whole journey against it
	@scripts/demo

test: ## set up, build, run every test, other people's clients and the checks
	@scripts/test

bench: ## the figures of the README, as ratios measured in one run
	@scripts/bench

fuzz: ## each parser that meets the network, under its fuzzer for 60 s
	@scripts/fuzz

release: ## build the gateway twice, prove both byte-identical, and write dist/ with its provenance
	@scripts/release

format: ## lay out all Swift sources by the house rules
	@scripts/format

lint: ## check the layout and say what is wrong
	@scripts/format --check

clean: ## remove what was built and the Python environment
	rm -rf .build .venv dist
