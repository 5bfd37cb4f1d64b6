# make demo and make test are all that a newcomer needs; make help lists the rest.
# Needs python3 (3.11 or newer), git and make; the rest is installed by config/machine/prepare.py.

PYTHON ?= python3
PORT ?= 8000
ARGS ?=
PREPARE = $(PYTHON) config/machine/prepare.py
RUN = .venv/bin/python
MANAGE = $(RUN) manage.py
TEST = $(RUN) -m pytest -q -n 2
# What draws pages, prints or reads packs runs on SQLite alone; all else, with its locks and triggers, on both.
SQLITE_ONLY = tests/browser tests/home tests/policies tests/notices/test_printing.py tests/workflows/test_demo.py \
	tests/test_consistency.py

.PHONY: help setup demo serve test check docs clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' Makefile

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

check: ## check style, types, the ladder of apps, migrations and policy packs
	@$(PREPARE) environment
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .
	$(RUN) -m mypy apps config workflows
	$(RUN) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"
	$(MANAGE) check
	$(MANAGE) makemigrations --check --dry-run
	$(MANAGE) policy check

test: check ## check first, then run every test
	@$(PREPARE) fonts packages
	env -u DATABASE_URL $(TEST) -m "not postgres and not long"
	$(RUN) -m tests.postgres -- $(TEST) -m "not long" $(SQLITE_ONLY:%=--ignore=%)

docs: ## write the generated parts of docs/processes/ anew
	@$(PREPARE) environment
	$(RUN) -m tests.process_pages

clean: ## remove the environment and the caches; what is in var/ stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
