# Two commands suffice on a machine with Python 3.11+ and make: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.PHONY: help run demo test check bench chaos stop clean format

help:  ## what can be asked for
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(READY)  ## set up, run the sample month, serve on 127.0.0.1:8000 (PORT=…)
	@$(PY) manage.py run

demo: $(READY)  ## the same without serving; RESET=1 starts afresh
	@$(PY) manage.py run --no-serve $(if $(RESET),--reset)

test: $(READY)  ## the whole suite on a real PostgreSQL
	@$(PY) -m pytest -n $(WORKERS)

check: $(READY)  ## format, lint, types, import contracts, migrations, deployment settings
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/ruff check .
	$(VENV)/bin/mypy
	$(VENV)/bin/lint-imports
	$(PY) manage.py makemigrations --check --dry-run
	$(PY) manage.py machines --check
	@PRODUCTION=1 DATABASE_URL=$$($(PY) -m jianzhu.embedded url) \
	  SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  VAULT_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  BLIND_INDEX_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  SANDBOX_BANK_TOKEN=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))') \
	  $(PY) manage.py check --deploy --fail-level WARNING

bench: $(READY)  ## speeds as ratios against a floor measured in the same run
	@$(PY) -m bench

format: $(READY)  ## format and fix what can be fixed
	@$(VENV)/bin/ruff format . && $(VENV)/bin/ruff check --fix .

stop: $(READY)  ## stop the embedded PostgreSQL
	@$(PY) -m jianzhu.embedded stop

clean: stop  ## forget all data of the embedded parts, and the environment
	rm -rf var $(VENV)

$(READY): requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed, this is %d.%d: set PYTHON=…" % sys.version_info[:2])'
	@test -x $(PY) || $(PYTHON) -m venv $(VENV) || { echo "Python's venv module is missing: install python3-venv"; exit 1; }
	@echo "installing what requirements.txt pins into $(VENV) …"
	@$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@
