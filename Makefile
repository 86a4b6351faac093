# make run starts the workspace, make test checks everything. Both do their own set-up; what is there already is skipped.
PYTHON ?= python3
# What `make test` keeps between runs; its database is careless with data, so never the one of a workspace.
TEST_DATA_DIR ?= $(or $(DATA_DIR),.test-data)
PYTEST_WORKERS ?= 2
# Rounds of kills of `make faults`; the other faults come less often.
ROUNDS ?= 50
OLDEST_POSTGRES ?= /usr/lib/postgresql/15

PY := .venv/bin/python
PIP := $(PY) -m pip --disable-pip-version-check --quiet --no-input
# A shell line that puts this environment's programs, such as npm, behind the system's own.
WITH_VENV := export PATH="$$PATH:$$PWD/.venv/bin";
IN_TESTS := DATA_DIR="$(TEST_DATA_DIR)" DATABASE_URL="$(DATABASE_URL)" DEMO=off HOST=127.0.0.1 DEBUG=off
# Never connected to: what `check --deploy` is to judge is the settings of a server that others reach.
IN_PRODUCTION := DATA_DIR="$(TEST_DATA_DIR)" DATABASE_URL=postgres://smarketing@db/smarketing HOST=0.0.0.0 \
  ALLOWED_HOSTS=smarketing.example.com CELERY_BROKER_URL=redis://broker/0 DEBUG=off DEMO=off \
  SECRET_KEY=check-only-SaV8hJ2mYt4wQx9rLb6nKc3pZd7fGe5uTi1oXvWy0sRq

.NOTPARALLEL:
.PHONY: run test setup setup-dev lint types contracts checks schema tests tests-on-oldest-postgres chromium redis faults fmt lock bench-import clean

run: setup
	@exec $(PY) manage.py up

test: setup-dev chromium lint types contracts checks schema tests tests-on-oldest-postgres
	@echo "All tests passed."

# Set-up. A stamp is newer than what it was made from; a half-made one does not exist.
setup: .venv/.installed node_modules/.installed

setup-dev: .venv/.installed-dev node_modules/.installed

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "smarketing needs Python 3.11 or newer; choose one: make PYTHON=python3.12" >&2; exit 1; }
	@$(PYTHON) -m venv .venv \
	  || { echo "Python's venv module is missing. On Debian or Ubuntu: apt-get install python3-venv" >&2; exit 1; }

.venv/.installed: requirements.txt | .venv/bin/pip
	@echo "Installing Python packages…"
	@$(PIP) install --require-hashes -r requirements.txt
	@touch $@

.venv/.installed-dev: requirements-dev.txt | .venv/bin/pip
	@echo "Installing Python packages…"
	@$(PIP) install --require-hashes -r requirements-dev.txt
	@touch .venv/.installed $@

node_modules/.installed: package.json package-lock.json | .venv/bin/pip
	@echo "Installing npm packages…"
	@$(WITH_VENV) command -v npm >/dev/null || $(PIP) install --require-hashes -r requirements-node.txt
	@$(WITH_VENV) npm ci --silent --no-audit --no-fund
	@touch $@

chromium:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
	  command -v $$name >/dev/null && exit 0; \
	done; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Chromium for the browser tests…"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; \
	fi; \
	command -v chromium >/dev/null \
	  || { echo "The browser tests need Chromium, which only root can install: apt-get install chromium" >&2; exit 1; }

# Checks without a browser or a database, quickest first.
lint: .venv/.installed-dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .
	$(PY) -m djlint --quiet --lint templates

types: .venv/.installed-dev
	$(IN_TESTS) $(PY) -m mypy .

contracts: .venv/.installed-dev
	$(IN_TESTS) $(PY) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()'

checks: .venv/.installed-dev node_modules/.installed
	$(IN_PRODUCTION) $(PY) manage.py check --deploy --fail-level WARNING
	$(IN_TESTS) $(PY) manage.py makemigrations --check --dry-run

schema: .venv/.installed-dev
	$(IN_TESTS) $(PY) manage.py spectacular --validate --fail-on-warn --file /dev/null

tests: .venv/.installed-dev node_modules/.installed
	DATA_DIR="$(TEST_DATA_DIR)" $(PY) -m pytest -q -n $(PYTEST_WORKERS) --dist loadgroup

# The promise is PostgreSQL 15 to 18: the workspace brings 18, and 15 is tried where the system has it.
tests-on-oldest-postgres: .venv/.installed-dev node_modules/.installed
	@if [ -n "$(DATABASE_URL)" ] || [ ! -x "$(OLDEST_POSTGRES)/bin/postgres" ]; then \
	  echo "Not tried on PostgreSQL 15: there is no server in $(OLDEST_POSTGRES), or DATABASE_URL chose another."; \
	else set -x; \
	  DATA_DIR="$(TEST_DATA_DIR)/oldest-postgres" $(PY) -m pytest -q -n $(PYTEST_WORKERS) --postgres="$(OLDEST_POSTGRES)"; \
	fi

# What breaks in production, done on purpose; half an hour. See docs/reliability.md.
faults: .venv/.installed-dev node_modules/.installed redis
	@$(PY) -m tests.faults --rounds $(ROUNDS) $(if $(PARTS),--parts $(PARTS)) $(if $(PORT),--port $(PORT))

redis:
	@if ! command -v redis-server >/dev/null && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "Installing Redis, to be taken away as a broker…"; \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; \
	fi

# For those who work on it.
fmt: .venv/.installed-dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

bench-import: .venv/.installed-dev
	$(IN_TESTS) $(PY) manage.py bench_import

lock: .venv/.installed-dev
	for name in requirements requirements-node requirements-dev; do \
	  $(PY) -m uv pip compile --universal --generate-hashes --no-emit-index-url --python-version 3.11 --quiet \
	    $$name.in --output-file $$name.txt || exit 1; \
	done
	$(WITH_VENV) npm install --package-lock-only --silent

clean:
	rm -rf node_modules .venv .test-data
