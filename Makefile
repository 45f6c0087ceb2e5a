# `make scenarios` is the main job, `make test` the tests; each sets up its own environment in .venv.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
WORKERS ?= 2
RUNS ?= 200
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Flags of development plugins live here, so that a bare `pytest` needs the plain dependencies only.
PYTEST := $(BIN)/python -m pytest

# Tests start Python many times; without cached bytecode each start compiles the package again.
unexport PYTHONDONTWRITEBYTECODE

LANE_TESTS := $(addprefix tests/,api archives factories store skills registry service plugin kit scenario cli)
define LANE
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	$(BIN)/uv venv --quiet --clear --python $(PYTHON) build/$@
	$(BIN)/uv pip install --quiet --python build/$@ --resolution $(RESOLUTION) --group dev --editable '.[service,explore]'
	build/$@/bin/python -m pytest $(LANE_TESTS) -n $(WORKERS)
endef

.PHONY: scenarios test lint docs bench soak flakes oldest newest mutate browser lock clean help

scenarios: $(READY)  ## the bug on a real file, every promise, and the proof
	@$(BIN)/stigmer-harness show
	@mkdir -p build
	@$(BIN)/stigmer-harness prove --report build/proof.md

test: lint docs scenarios  ## lint, types, documentation, scenarios, tests: what CI runs
	$(PYTEST) tests -n $(WORKERS)

lint: $(READY)  ## ruff and mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

docs: $(READY)  ## the documentation, strict, into build/docs
	$(BIN)/python -m sphinx -W --keep-going -q -b html docs build/docs

bench: $(READY)  ## every promised ratio against its floor, in one run
	$(BIN)/python -m tests.benchmarks

soak: $(READY)  ## slow lanes: fuzzing, hammering, killed processes, a million rows
	$(PYTEST) tests -m soak

flakes: $(READY)  ## the tests RUNS times over, each in another order
	for run in $$(seq $(RUNS)); do $(PYTEST) tests -n $(WORKERS) -q || exit 1; done

oldest: RESOLUTION := lowest-direct
oldest: $(READY)  ## the tests of what uses other packages, with the oldest that pyproject.toml allows
	$(LANE)

newest: RESOLUTION := highest
newest: $(READY)  ## the same with the newest
	$(LANE)

mutate: $(READY)  ## mutants of store and skills: how many are killed
	$(BIN)/python -m pip install --quiet 'cosmic-ray>=8.4,<9'
	$(BIN)/python -m tests.mutation.run

browser: $(READY)  ## the report in headless Chromium
	$(PYTEST) tests -m browser

lock: $(READY)  ## renew requirements.lock
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

clean:  ## remove the environment and caches
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pytest-stigmer needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	@echo 'making the environment in $(VENV); this takes about half a minute'
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	@touch $@

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{printf "%-10s %s\n", $$1, $$2}'
