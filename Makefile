# Two commands suffice on a machine with Python 3.11+ and make: `make run` and `make test`.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
READY := $(VENV)/.ready
WORKERS ?= 2

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo test brokers zones nightly chaos check bench format stop clean

help:  ## what can be asked for
	@sed -n -E 's/^([a-z]+):.*  ## (.*)/  make \1	\2/p' Makefile | expand -t 16

run: $(READY)  ## set up, run the sample month, serve on 127.0.0.1:8000 (PORT=…)
	@$(PY) manage.py run

demo: $(READY)  ## the same without serving; RESET=1 starts afresh
	@$(PY) manage.py run --no-serve $(if $(filter-out 0,$(RESET)),--reset)

test: $(READY)  ## the whole suite on a real PostgreSQL (WORKERS=… processes)
	@$(PY) -m pytest -n $(WORKERS) $(PYTEST)

# What goes wrong with money, and what goes right; `make chaos` has all stories and the kills.
brokers: $(READY)  ## the stories of money over Redis and over RabbitMQ, where they are installed
	@for broker in redis rabbitmq; do $(PY) -m tests.through_broker $$broker -q -n 0 \
	  tests/stories/test_payouts.py tests/stories/test_failed_wages.py || exit 1; done

# The rooms where a day, a clock or a due time is reckoned; the fourth zone is that of `make test`.
zones: $(READY)  ## days and pay once more in UTC, New York and on Lord Howe: process, pages and sites
	@for zone in UTC America/New_York Australia/Lord_Howe; do echo "$$zone:"; \
	  TEST_ZONE=$$zone $(PY) -m pytest -n $(WORKERS) tests/attendance tests/acceptance \
	    tests/milestones tests/statements tests/stories $(PYTEST) || exit 1; done

nightly: $(READY)  ## wages and device parsers over 100,000 random cases each, plans over hundreds (hours)
	@HYPOTHESIS_PROFILE=nightly $(PY) -m pytest -n $(WORKERS) tests/wages/test_properties.py \
	  tests/attendance/test_parsers_fuzzed.py
	@HYPOTHESIS_PROFILE=nightly $(PY) -m pytest -n $(WORKERS) tests/scheduling/test_plans_hold.py \
	  tests/scheduling/test_product_plans_hold.py
	@EDITS=5000 $(PY) -m pytest -n 0 tests/evidence/test_tamper_drill.py
	@$(PY) -m tests.attendance.fuzz_parsers -runs=2000000 -max_len=4096

chaos: $(READY)  ## the long profiles of fault and race tests: seeded, replayable; FAULT=C1,W2 runs these alone
	@CHAOS=1 $(PY) -m pytest -n 0 -s tests/faults tests/kernel/test_every_race.py tests/outbox \
	  tests/payouts tests/stories/test_stop_switch.py $(PYTEST)
	@test -n "$$FAULT" || for broker in redis rabbitmq; do \
	  $(PY) -m tests.through_broker $$broker tests/stories || exit 1; done

check: $(READY)  ## format, lint, types, import contracts, migrations, deployment settings
	@$(PY) -m ruff format --check .
	@$(PY) -m ruff check .
	@$(PY) -m mypy
	@$(PY) $(VENV)/bin/lint-imports --no-logo
	@$(PY) manage.py makemigrations --check --dry-run
	@$(PY) manage.py machines --check
	@.ci/deployable $(PY)

bench: $(READY)  ## speeds, as ratios against a floor measured in the same run
	@$(PY) -m bench

locale: $(READY)  ## compile the translations after editing a .po
	@$(VENV)/bin/pybabel compile -D django -d jianzhu/locale

format: $(READY)  ## format, and fix what can be fixed
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

stop:  ## stop the embedded PostgreSQL
	@test ! -x $(PY) || $(PY) -m jianzhu.embedded stop

clean:  ## forget everything: data, keys and logs in var/, and the environment
	@test ! -x $(PY) || $(PY) -m jianzhu.embedded remove
	rm -rf var $(VENV)

# Made anew only when the requirements change. A half-made environment is removed at once, so that
# the next call doesn't take it for a whole one.
$(READY): requirements.txt
	@command -v $(PYTHON) > /dev/null || { echo "$(PYTHON) is missing: install Python 3.11 or newer, or name it with PYTHON=…"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Python 3.11 or newer is needed, $(PYTHON) is %d.%d: name another with PYTHON=…" % sys.version_info[:2])'
	@$(PY) -m pip --version > /dev/null 2>&1 || { \
	  echo "making the environment $(VENV) …"; \
	  rm -rf $(VENV); \
	  $(PYTHON) -m venv $(VENV) || { \
	    rm -rf $(VENV); \
	    echo "Python could not make an environment: on Debian and Ubuntu, apt-get install python3-venv"; \
	    exit 1; }; }
	@echo "installing what requirements.txt pins …"
	@{ $(PY) -m pip install --disable-pip-version-check --no-input --progress-bar off \
	     -r requirements.txt || touch $(VENV)/failed; } | sed -n -E 's/^ *Downloading/  fetching/p'
	@test ! -e $(VENV)/failed || { rm $(VENV)/failed; exit 1; }
	@touch $@
