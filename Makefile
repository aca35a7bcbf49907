# Everything runs in .venv, which the first target that needs it makes from uv.lock.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Three fifths of a run of the tests is Python. One that was compiled without profile-guided
# optimisation, as pyenv does unless told, takes half as long again as the distribution's: where
# both are of one version, the latter makes .venv.
SYSTEM_PYTHON ?= /usr/bin/python3
IS_SLOW := import sys, sysconfig as of; \
	sys.exit("--enable-optimizations" in (of.get_config_var("CONFIG_ARGS") or ""))
IS_THE_SAME := import ensurepip, sys, venv; sys.exit(sys.version_info[:2] != tuple(map(int, sys.argv[1:])))
VERSION_OF := import sys; print(*sys.version_info[:2])
PYTHON ?= $(shell python3 -c '$(IS_SLOW)' 2>/dev/null \
	&& $(SYSTEM_PYTHON) -c '$(IS_THE_SAME)' $$(python3 -c '$(VERSION_OF)') 2>/dev/null \
	&& echo $(SYSTEM_PYTHON) || echo python3)
CRM_HOME ?= data
SIZE ?= s
SEED ?= 7

# An empty value counts as unset: without .pyc files every process recompiles its imports,
# which was 44 s instead of 24 s for the demo.
export PYTHONDONTWRITEBYTECODE =
export CRM_HOME
export UV_PYTHON_DOWNLOADS = never
# A company that inspects its traffic has its certificate in the system store.
export UV_SYSTEM_CERTS = 1
export UV_PROJECT_ENVIRONMENT = .venv
export DAGSTER_DISABLE_TELEMETRY = 1
export DO_NOT_TRACK = 1

UV := $(shell command -v uv 2>/dev/null || echo .uv/bin/uv)
RUN := .venv/bin/

# Two workers have the two cores, and more threads beside each cost more than they bring: 83 tests
# took 60 CPU seconds, with one thread each of Polars, OpenMP and OpenBLAS 48. The simulated company
# that others are compared with is made with as many as there are.
ONE_THREAD := POLARS_MAX_THREADS=1 OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

.PHONY: help setup demo run test test-fast lint lint-python lint-sql format dagster docs sql benchmarks clean

help: ## Show what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

.uv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Python 3.11 or newer is needed, $$($(PYTHON) --version) found; set PYTHON=/path/to/python3.11"; exit 1; }
	@echo "Installing uv into .uv"
	@$(PYTHON) -m venv .uv
	@.uv/bin/python -m pip install --quiet --disable-pip-version-check 'uv>=0.9,<1'

.venv/.synced: pyproject.toml uv.lock $(if $(filter .uv/bin/uv,$(UV)),.uv/bin/uv)
	@echo "Installing the locked packages into .venv, with $$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@$(UV) sync --frozen --quiet --python "$$($(PYTHON) -c 'import sys; print(sys.executable)')"
	@touch $@

setup: .venv/.synced ## Make .venv from uv.lock, and have dbt read its project
	@$(RUN)python -m orchestration.dbt.prepare

demo: setup ## Simulate a company, build its warehouse, publish it, show the result
	@$(RUN)crm demo --size $(SIZE) --seed $(SEED)

run: setup ## Run the whole job on the files in $CRM_HOME/landing
	@$(RUN)crm run

test: setup ## Run all tests
	@$(ONE_THREAD) $(RUN)pytest -n 2 --dist worksteal

test-fast: setup ## Run the tests that take seconds
	@$(ONE_THREAD) $(RUN)pytest -n 2 --dist worksteal -m "not pipeline"

lint: .venv/.synced ## Check style, types, SQL and import directions
	$(RUN)ruff check .
	$(RUN)ruff format --check .
	@$(MAKE) --no-print-directory --jobs 2 --output-sync=target lint-python lint-sql

# mypy uses one core: the SQL is read on the other one meanwhile
lint-python:
	$(RUN)mypy
	$(RUN)lint-imports

# a tree of each file is many objects, which Python looks through for garbage again and again: a
# seventh of the time
lint-sql:
	@echo "sqlfluff lint dbt_project"
	@$(RUN)python -c 'from orchestration.garbage import look_rarely; look_rarely(); \
		from sqlfluff.cli.commands import cli; cli()' lint --processes 2 dbt_project

format: .venv/.synced ## Rewrite Python and SQL in the project's style
	$(RUN)ruff check --fix .
	$(RUN)ruff format .
	$(RUN)sqlfluff fix --processes 2 dbt_project

dagster: setup ## Open the asset graph at http://127.0.0.1:3000
	@$(RUN)crm dev

docs: setup ## Generate the dbt documentation, without a network
	@$(RUN)dbt docs generate --static
	@echo "Open $(CRM_HOME)/dbt/target/static_index.html in a browser"

benchmarks: setup ## Measure; figures as JSON under benchmarks/results
	@$(RUN)python -m benchmarks

clean: ## Remove the environment and everything generated; $CRM_HOME stays
	rm -rf .venv .uv target logs .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
