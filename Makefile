# The one door. `make help` lists what there is.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
PIP_FLAGS := --quiet --disable-pip-version-check
PYTEST := $(BIN)/python -m pytest
export BENTOML_DO_NOT_TRACK := True
export MLFLOW_DISABLE_TELEMETRY := true

##@ Start
help: ## This list
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} /^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with everything in it

demo: $(STAMP) ## Animate a real photograph; leaves out/demo/
	@$(BIN)/vultus demo

up: $(STAMP) ## Start every room on loopback ports
	@$(BIN)/vultus up

##@ Every day
fmt: $(STAMP) ## Format the code
	@$(BIN)/ruff format . && $(BIN)/ruff check --fix . && $(BIN)/buf format -w proto

lint: $(STAMP) ## Format, lint, spelling, protos, Dockerfiles
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/codespell
	@$(BIN)/buf lint proto
	@$(BIN)/buf format --diff --exit-code proto > /dev/null
	@$(BIN)/hadolint services/*/Dockerfile pipelines/Dockerfile

types: $(STAMP) ## Static types
	@$(BIN)/mypy

imports: $(STAMP) ## Import contracts: science knows no plumbing, rooms no rooms
	@$(BIN)/lint-imports --no-cache

test: $(STAMP) ## Every test that runs here
	@$(PYTEST) -n 2 --dist loadscope

check: lint types imports stubs test ## Exactly what CI runs

##@ Now and then
proto: $(STAMP) ## Generate the stubs in proto/gen again
	@$(BIN)/python proto/generate.py

stubs: $(STAMP) ## Are the stubs in proto/gen up to date, and is the contract unbroken?
	@$(BIN)/python proto/generate.py --check

bench: $(STAMP) ## Measure; writes build/bench.json
	@$(BIN)/python tests/bench/run.py --out build/bench.json

golden: $(STAMP) ## Run every golden case in ../shared/golden that has a loader
	@$(PYTEST) -n 2 tests/golden

lock: ## Write constraints.txt again from what .venv holds
	@$(BIN)/python -m pip freeze --exclude-editable | sed -e 's/+cpu$$//' -e '/^vultus/d' | sort -f > constraints.txt

clean: ## Remove what can be made again
	@rm -rf $(VENV) build out .mypy_cache .ruff_cache .pytest_cache

$(STAMP): pyproject.toml constraints.txt requirements-nodeps.txt
	@command -v $(PYTHON) > /dev/null || { echo "no $(PYTHON); install it: sudo apt-get install python3 python3-venv (or make PYTHON=/path/to/python3.11)" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))' \
	  || { echo "$$($(PYTHON) --version) is not supported; give 3.11 or 3.12: make PYTHON=python3.11 $(MAKECMDGOALS)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2> /dev/null \
	  || { echo "Python's venv is missing; install it: sudo apt-get install python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) (about two minutes) ..."
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install $(PIP_FLAGS) -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m pip install $(PIP_FLAGS) --no-deps -r requirements-nodeps.txt
	@touch $@

.PHONY: help setup demo up fmt lint types imports test check proto stubs bench golden lock clean
