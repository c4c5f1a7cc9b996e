SHELL := /bin/bash
.DEFAULT_GOAL := help
PYTHON ?= python3
HOST_PORT ?= 8001
FUZZ_SECONDS ?= 60
VENV := .venv
BIN := $(VENV)/bin
FLASK := $(BIN)/flask --app wsgi
MKDOCS := mkdir -p build && NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build -d build/site >build/site.log 2>&1 || { cat build/site.log; exit 1; }
ONE_THREAD := OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1

help: ## this list
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

run: setup ## the demo: web and jobs on http://127.0.0.1:8000, with a host page and a sign-in
	@$(FLASK) db upgrade
	@$(FLASK) demo --host-origin http://127.0.0.1:$(HOST_PORT)
	@exec $(FLASK) up --demo-host $(HOST_PORT)

setup: $(VENV)/.run .env ## virtual environment, pinned packages, settings

test: setup-test check ## everything: checks, then all tests on SQLite, PostgreSQL and a real Chromium
	@$(ONE_THREAD) $(BIN)/pytest -n $$(($$(nproc) + 1)) --maxprocesses 4 --dist loadfile --no-loadscope-reorder

long: setup-test ## the few tests that take minutes each and are left out of `make test`
	@$(ONE_THREAD) $(BIN)/pytest -m long

setup-test: setup debian node_modules/.installed $(VENV)/.test

test-browsers: setup-test $(VENV)/.browsers ## the widget in Chromium, Firefox and WebKit, and the table of docs/browsers.md
	@scripts/debian-packages firefox-esr webkit2gtk-driver xvfb xauth
	@BROWSERS=1 $(ONE_THREAD) xvfb-run -a $(BIN)/pytest -W default --disable-warnings tests/browsers

check: setup $(VENV)/.test ## format, lint, types, import contract, catalogues
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/bandit -q -c pyproject.toml -r app wsgi.py
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(MKDOCS)
	@$(BIN)/pytest -q tests/test_translations.py tests/analysis/pain_points/test_catalogue_data.py

site: $(VENV)/.test ## the documents as a site to open or to serve, in build/site
	@$(MKDOCS)
	@echo "build/site/index.html"

format: $(VENV)/.test ## let the formatter do its work
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

bench: setup $(VENV)/.test .venv-peers/.installed ## capture, analysis and report against their yardsticks
	@$(ONE_THREAD) $(BIN)/python -m bench

million: setup $(VENV)/.test ## import, export and capture beside a million answers, ten million on PostgreSQL: half an hour, 20 GB of disk
	@scripts/debian-packages postgresql
	@$(ONE_THREAD) $(BIN)/python -m bench.million

faults: setup $(VENV)/.test ## the fault campaign: kills, full disks, lost databases; FAULTS=F1,F6 picks; writes docs/evidence.md
	@scripts/debian-packages postgresql redis-server
	@$(ONE_THREAD) $(BIN)/python -m faults

mutants: setup $(VENV)/.test ## whether tests notice wrong lines where it counts; MODULES=score,token picks; writes docs/mutants.md
	@$(ONE_THREAD) $(BIN)/python -m mutants

hosts: setup $(VENV)/.test ## two web hosts and two workers, each killed under load, on Redis and on PostgreSQL
	@scripts/debian-packages postgresql redis-server
	@$(ONE_THREAD) $(BIN)/python -m faults.hosts

quality: setup .venv-bench/.installed ## pain points against people's labels, beside other methods; DATA=folder adds labelled files
	@$(ONE_THREAD) $(BIN)/python -m bench.quality $(DATA)

explain: $(VENV)/.test ## after a change of a formula: the pictures of docs/statistics.md
	@$(BIN)/python scripts/explain.py

screenshots: setup-test ## pictures of widget and report for the README
	@$(BIN)/python scripts/screenshots.py

heights: setup-test ## after a change of the widget: how high its steps are, for docs and the page to embed
	@$(BIN)/python scripts/heights.py

seed-vectors: setup ## after a change of the catalogue: the vectors of its phrases, so that no start waits for them
	@$(ONE_THREAD) $(BIN)/python scripts/seed_vectors.py

fuzz: setup-test $(VENV)/.fuzz ## many strange requests, histories and bytes; FUZZ_SECONDS=600 for longer
	@REQUESTS=10000 HISTORIES=300 $(ONE_THREAD) $(BIN)/pytest tests/hostile/test_openapi.py tests/services/test_capture_model.py
	@$(ONE_THREAD) $(BIN)/python -m tests.fuzz.document $(FUZZ_SECONDS)
	@for what in tokens words; do $(ONE_THREAD) $(BIN)/python -m tests.fuzz $$what $(FUZZ_SECONDS) || exit 1; done

hostile: $(VENV)/.test ## after a change of the hostile cases: docs/hostile.md
	@$(BIN)/python -m tests.hostile.catalogue

pins: $(VENV)/.test ## compile requirements from pyproject.toml
	@$(BIN)/pip-compile -q --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  -o requirements.txt pyproject.toml
	@$(BIN)/pip-compile -q --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --extra dev -c requirements.txt -o requirements-dev.txt pyproject.toml
	@$(BIN)/pip-compile -q --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --extra browsers -c requirements-dev.txt -o requirements-browsers.txt pyproject.toml
	@$(BIN)/pip-compile -q --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --extra fuzz -c requirements-dev.txt -o requirements-fuzz.txt pyproject.toml
	@$(BIN)/pip-compile -q --strip-extras --no-annotate --no-header --no-emit-index-url --no-emit-find-links \
	  --extra redis -c requirements-dev.txt -o requirements-redis.txt pyproject.toml

debian: ## Debian packages the tests need (installed by root, named to others)
	@scripts/debian-packages

$(VENV)/bin/python:
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); scripts/debian-packages python3-venv && $(PYTHON) -m venv $(VENV); }

$(VENV)/.run: requirements.txt | $(VENV)/bin/python
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.test: requirements-dev.txt $(VENV)/.run
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-dev.txt
	@touch $@

$(VENV)/.fuzz: requirements-fuzz.txt $(VENV)/.test
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-fuzz.txt
	@touch $@

$(VENV)/.browsers: requirements-browsers.txt $(VENV)/.test
	@$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-browsers.txt
	@touch $@

# Without its dependencies, which bring torch; those it needs on given vectors are pinned in the same file.
.venv-bench/.installed: bench/requirements-quality.txt
	@$(PYTHON) -m venv .venv-bench
	@.venv-bench/bin/python -m pip install -q --disable-pip-version-check --no-deps -r $< && touch $@ \
	  || echo "BERTopic could not be installed; its row will say so."

.venv-peers/.installed: bench/peers/requirements.txt
	@$(PYTHON) -m venv .venv-peers
	@.venv-peers/bin/python -m pip install -q --disable-pip-version-check -r $< && touch $@ \
	  || echo "The peers could not be installed; their rows are left out."

node_modules/.installed: package.json | debian
	@npm install --silent --ignore-scripts --no-audit --no-fund
	@touch $@

.env: | $(VENV)/.run
	@umask 077 && $(BIN)/python scripts/first_settings.py > $@
	@echo "Wrote .env with a fresh SECRET_KEY."

.PHONY: help long site explain run setup test setup-test test-browsers check format bench million faults mutants hosts quality screenshots heights seed-vectors hostile fuzz pins debian
