# The front door. `make` alone lists what there is.
#
# A fresh machine needs only Python 3.11 (or newer) and make: `make demo` and `make test` do the rest.
# Everything is installed into .venv, from lock files with hashes, and again only when one of them changes.

.DEFAULT_GOAL := help
# Steps share .venv and two cores; run side by side they would only disturb one another's timing.
.NOTPARALLEL:
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
# Written when .venv holds what the lock says. It is older than the lock after a change of the lock.
STAMP := $(VENV)/.installed
# Written when the core was compiled, or could not be: without a C compiler it runs from its sources.
COMPILED := $(VENV)/.compiled

# The first of these that runs and is new enough. It is tried, not only looked for: a version manager may
# leave names on the path that answer with an error.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 \
	&& { echo "$$python"; break; }; done)

# `make demo SECONDS=20` stops by itself. Only what the caller set counts.
DEMO_SECONDS := $(if $(filter command environment,$(firstword $(origin SECONDS))),$(SECONDS))
# `make sim SEEDS=5000` for more.
SEEDS ?= 100
# `make unit ARGS="-k lines -x"`: passed on to pytest.
ARGS ?=

# What the tests call and Debian packages, as command:package.
DEBS := redis-server:redis-server redis-sentinel:redis-sentinel promtool:prometheus \
	nc:netcat-openbsd systemd-analyze:systemd chromium:chromium

# Hashes for every file, and no host: where packages come from is a setting of the machine, not of the project.
PIP := $(BIN)/python -m pip --no-input --disable-pip-version-check
COMPILE := CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile --quiet --allow-unsafe --generate-hashes \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: help
help:  ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' Makefile

.PHONY: setup
setup: $(STAMP) $(COMPILED)  ## make .venv from the lock file (needs only python3.11 and make)

$(STAMP): requirements-dev.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Switchboard needs Python 3.11 or newer: none of python3.11, python3.12, python3.13, python3 is." >&2; \
		exit 1; fi
	@if ! $(BIN)/python -c 'import sys, pip; sys.exit(sys.prefix == sys.base_prefix)' >/dev/null 2>&1; then \
		$(PYTHON) -c 'import ensurepip, venv' >/dev/null 2>&1 \
		|| .ci/debs "$$($(PYTHON) -c 'import sys; print(f"python{sys.version_info[0]}.{sys.version_info[1]}-venv")')" \
		|| exit 1; \
		$(PYTHON) -m venv --clear $(VENV); fi
	@echo "Installing into $(VENV) with $$($(BIN)/python --version) (under a minute, only when the lock changes) ..."
	@$(PIP) install --quiet --require-hashes -r requirements-dev.txt
	@# setuptools warns at length that an editable install is editable.
	@PYTHONWARNINGS=ignore $(PIP) install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

$(COMPILED): $(STAMP) $(wildcard router/*.py router/*/*.py router/*/*/*.py)
	@$(BIN)/python -W ignore -m router.compiled
	@touch $@

.PHONY: debs
debs:  ## install the Debian packages that tests call, or name them
	@.ci/debs $(DEBS)

.PHONY: demo
demo: setup  ## watch a busy hour run 60 times faster (SECONDS=20 stops by itself)
	@$(BIN)/switchboard demo $(if $(DEMO_SECONDS),--seconds $(DEMO_SECONDS))

.PHONY: test
test: setup debs lint types  ## everything that must hold before a change goes in (under 12 minutes)
	$(BIN)/pytest $(ARGS)

.PHONY: lint
lint: $(STAMP)  ## ruff: its rules and its format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

.PHONY: format
format: $(STAMP)  ## repair what ruff can repair
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

.PHONY: types
types: $(STAMP)  ## mypy --strict
	$(BIN)/mypy

.PHONY: unit
unit: $(STAMP)  ## the quick tests: no service, no sleep
	$(BIN)/pytest -m "not system and not slow" $(ARGS)

.PHONY: system
system: setup debs  ## the tests that start real processes
	$(BIN)/pytest -m system $(ARGS)

.PHONY: sim
sim: setup  ## the seeded simulation and its judge (SEEDS=5000 for more)
	$(BIN)/python -m tests.sim --seeds $(SEEDS)

.PHONY: mutants
mutants: setup  ## take each guard out once: some test must fail
	$(BIN)/python -m tests.mutants

.PHONY: docs
docs: $(STAMP)  ## write what is rendered from the code into docs/
	$(BIN)/python -m tests.config.rendered
	$(BIN)/python -m tests.cli.page
	$(BIN)/python -m tests.render_docs --write

.PHONY: lock
lock: $(STAMP)  ## make the lock files again from pyproject.toml and requirements.in
	$(COMPILE) --output-file requirements.txt pyproject.toml requirements.in
	$(COMPILE) --extra dev --constraint requirements.txt --output-file requirements-dev.txt \
		pyproject.toml requirements.in

.PHONY: clean
clean:  ## remove .venv and everything else that can be made again
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
