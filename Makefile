# make demo and make test are all that a newcomer needs; make help lists the rest.
# Needs python3 (3.11 or newer), git and make; the rest is installed by config/machine/prepare.py.

unexport PYTHONDONTWRITEBYTECODE # some forty processes start in a run of the tests, in half the time where compiled code is kept

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
PREPARE = $(PYTHON) config/machine/prepare.py
RUN = .venv/bin/python
MANAGE = $(RUN) manage.py
TEST = $(RUN) -m pytest -q --dist loadfile --no-loadscope-reorder
# All tests run on SQLite; what locks rows, keeps constraints and triggers, or reaches columns runs on PostgreSQL too.
ON_POSTGRES = tests/core tests/desks tests/concurrency tests/services tests/faults tests/applications/test_services.py \
	tests/applications/test_both_ways.py tests/appointments/test_services.py tests/notices/test_services.py \
	tests/seasons/test_services.py tests/directory/test_posts.py tests/workflows/test_steps.py tests/home/test_batch.py \
	tests/permissions/test_bad_input.py::test_strange_texts_and_numbers_reach_no_column_of_postgresql

.PHONY: help setup demo serve services services-stop faults bench test test-on-sqlite test-on-postgresql test-long check docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-13s %s\n", $$1, $$2}' Makefile

setup: ## make the environment and install fonts and packages, without running anything
	@$(PREPARE) environment fonts packages

demo: ## run a generated season from application to notice, then serve it; options in ARGS
	@$(PREPARE) environment fonts
	$(MANAGE) demo $(ARGS)

serve: ## serve what is in the database on 127.0.0.1, port in PORT
	@$(PREPARE) environment fonts
	$(MANAGE) migrate --verbosity 0
	DJANGO_SETTINGS_MODULE=$${DJANGO_SETTINGS_MODULE:-config.settings.local} \
		$(RUN) -m granian --interface wsgi --host 127.0.0.1 --port $(PORT) config.wsgi:application

services: ## start PostgreSQL, Redis, Prefect, worker and site on this machine; options in ARGS: --demo, --fresh
	@$(PREPARE) environment fonts services
	@$(RUN) -m config.machine.services start --port $(PORT) $(ARGS)

services-stop: ## end what make services started
	@$(RUN) -m config.machine.services stop

check: ## check style, types, the ladder of apps, migrations and policy packs
	@$(PREPARE) environment
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(RUN) -m mypy apps config workflows
	$(RUN) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) policy check

test: ## check, and run every test on both databases, side by side
	@$(PREPARE) environment fonts packages
	@$(MAKE) --jobs=3 --output-sync=target --no-print-directory check test-on-sqlite test-on-postgresql

test-on-sqlite:
	+env -u DATABASE_URL $(TEST) -n 3 -m "not postgres and not long"

test-on-postgresql: # what it prints is kept until it ends
	$(RUN) -m tests.postgres -- $(TEST) -n 2 -m "not long" $(ON_POSTGRES)

test-long: ## run the tests that take minutes
	@$(PREPARE) environment fonts packages
	$(RUN) -m tests.postgres -- $(RUN) -m pytest -q -n 2 --dist worksteal -m long

faults: ## 1,000 approvals while processes are killed, the database restarts and Redis is wiped; a seed in ARGS
	@$(PREPARE) environment fonts packages services
	$(RUN) -m tests.faults --prefect $(ARGS)

bench: ## measure on a throw-away PostgreSQL; name cases in ARGS, all otherwise
	@$(PREPARE) environment fonts packages
	$(RUN) -m tests.benchmarks $(ARGS)

docs: ## write the generated parts of docs/processes/ anew
	@$(PREPARE) environment
	$(RUN) -m tests.process_pages

clean: ## remove the environment and the caches; what is in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
