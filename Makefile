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

.PHONY: scenarios test lint bench soak flakes mutate browser lock clean

scenarios: $(READY)
	$(PYTEST) scenarios -p no:randomly
	$(BIN)/stigmer-harness prove

test: lint scenarios
	$(PYTEST) tests -n $(WORKERS)

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(READY)
	$(BIN)/python -m tests.benchmarks

soak: $(READY)
	$(PYTEST) tests -m soak

flakes: $(READY)
	for run in $$(seq $(RUNS)); do $(PYTEST) tests -n $(WORKERS) -q || exit 1; done

mutate: $(READY)
	$(BIN)/python -m pip install --quiet 'cosmic-ray>=8.4,<9'
	$(BIN)/python -m tests.mutation.run

browser: $(READY)
	$(PYTEST) tests -m browser

lock: $(READY)
	$(BIN)/python -m pip install --quiet 'uv>=0.8'
	$(BIN)/uv pip compile pyproject.toml --all-extras --group dev --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header --upgrade --quiet --output-file requirements.lock

clean:
	rm -rf $(VENV) dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pytest-stigmer needs Python 3.11 or newer: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps --editable .
	touch $@
