# Năm lệnh: make init · make run · make test · make lint · make eval.  Five words; `make help` lists them all.
PYTHON ?= python3
PORT ?= 8080
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input -q
INSTALL := $(PIP) install --root-user-action=ignore

.DEFAULT_GOAL := help
.PHONY: help init dev run test lint eval check chaos storm load lock clean browser

help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/ —/'

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements.lock pyproject.toml | $(BIN)/python
	$(INSTALL) --require-hashes -r requirements.lock
	$(INSTALL) --no-deps --no-build-isolation -e .
	$(BIN)/danhoi train
	@touch $@

$(VENV)/.dev: requirements-dev.lock pyproject.toml | $(VENV)/.run
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

init: $(VENV)/.run ## create .venv with the pinned packages

dev: $(VENV)/.dev ## the same, with what the tests need

run: init ## serve the web chat with the sample commune (PORT=8080)
	DANHOI_SAMPLE=1 $(BIN)/danhoi serve --port $(PORT)

# The tests wait for the disk more than for anything else: in memory, where there is room, they take a third less time.
ROOM := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 4000000 { print "/dev/shm" }')

test: dev browser ## run all tests
	$(if $(ROOM),PYTEST_DEBUG_TEMPROOT=$(ROOM)) $(BIN)/python -m pytest --numprocesses 2

browser:
	@command -v chromium >/dev/null 2>&1 || if [ -n "$$CI" ]; then apt-get update -qq && apt-get install -y -qq chromium; \
	else echo "chromium is not installed: the browser tests are left out (Debian: apt-get install chromium)"; fi

lint: dev ## ruff, mypy and bandit
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/bandit -q -c pyproject.toml -r bot handlers knowledge storage

check: init ## validate all curated content
	$(BIN)/danhoi check

eval: dev ## score the bot on tests/eval
	$(BIN)/python -m tests.eval

N ?= 10
ROUNDS ?= 3
SECONDS ?= 15
SEED ?= 1
chaos: dev ## kill -9 of serve N times while 20 chats talk (resumable); then three replicas on PostgreSQL under faults
	$(BIN)/python -m benchmarks.chaos --n $(N)
	$(BIN)/python -m benchmarks.replicas --rounds $(ROUNDS) --seconds $(SECONDS) --seed $(SEED)

storm: dev ## every platform (faked) with failing calls, doubled webhooks and kills; webhook acknowledgement
	$(BIN)/danhoi bench channels --quick
	$(BIN)/danhoi bench webhook --quick

NOTICES ?= 20000
KILLS ?= 20
load: dev ## a notice to NOTICES people on three faked channels, with faults and KILLS kills: nobody gets it twice
	$(BIN)/python -m benchmarks.load --notices $(NOTICES) --kills $(KILLS)

lock: ## pin again (needs uv on the PATH)
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra dev --extra build -o requirements-dev.lock -q
	uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
	  --extra build -c requirements-dev.lock -o requirements.lock -q

clean: ## forget the environment (data/ stays)
	rm -rf $(VENV) *.egg-info .mypy_cache .ruff_cache .pytest_cache
