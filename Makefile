# Greyledger. `make run` starts the product with the sample portfolio; `make test` runs every test.
# Needs git, make and Python 3.11 or newer; everything else is set up in .venv.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PORT ?= 8501
WORKERS ?= 2

.PHONY: help setup setup-dev run test check format messages lock bench clean

help:
	@grep -E '^## ' Makefile | sed 's/^## //'

## make run        set up, start the embedded database, load the sample, start worker and web (PORT=8501)
run: setup
	exec $(BIN)/greyledger up --sample --port $(PORT)

## make test       set up (a browser included) and run all tests
test: setup-dev
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

## make check      lint, types, layers, then the tests
check: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(MAKE) test

## make format     put the code into the house format
format: setup-dev
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

## make messages   bring the language catalogues up to date with the code
messages: setup
	$(BIN)/python -m dashboard.messages

## make lock       pin the newest versions of everything that is used
lock: setup-dev
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --no-emit-find-links --no-annotate --output-file requirements.lock pyproject.toml
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-emit-index-url \
	  --no-emit-find-links --no-annotate --group dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml

## make setup      .venv with everything that the product needs, as pinned in requirements.lock
setup: $(VENV)/.product

setup-dev: $(VENV)/.development

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Greyledger needs Python 3.11 or newer; $(PYTHON) is older. Try: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; rm -rf $(VENV); exit 1; }
	@touch $@

# Without hashes for the project itself; everything else is checked against the lock file.
$(VENV)/.product: requirements.lock pyproject.toml $(VENV)/.python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.development: requirements-dev.lock $(VENV)/.product
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	$(BIN)/python -m tests.browser.setup_browser
	@touch $@

## make clean      remove the set-up (not the data)
clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache
