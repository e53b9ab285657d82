# Nightdesk. `make run` shows it, `make test` proves it; both set up first what is missing.
# PYTHON=/path/to/python3.x picks an interpreter (3.11 to 3.13) for the environment.

.PHONY: help setup run test long bench simulate crash lock licences clean
.DEFAULT_GOAL := help

SOURCES := kiosk drivers locker screens tests setup
BIN := .venv/bin
# The tests start hundreds of processes; each would compile the program anew.
unexport PYTHONDONTWRITEBYTECODE

help:
	@echo 'make run       set up, then start Nightdesk against emulated hardware'
	@echo 'make test      set up, then lint, types, import contracts and all tests'
	@echo 'make setup     the set-up alone (system packages, .venv, models, fonts)'
	@echo 'make long      the tests that take longer than a change should wait for'
	@echo 'make bench     measure speed and size'
	@echo 'make simulate  play a kiosk'"'"'s life on virtual time (SESSIONS=10000)'
	@echo 'make crash     kill the real program a thousand times, and cut its power (KILLS=1000 SEED=1)'
	@echo 'make lock      resolve the dependencies anew and pin them with hashes'
	@echo 'make licences  write docs/licences.md anew'
	@echo 'make clean     remove .venv and what tools left behind'

setup:
	@./setup/setup.sh

run: setup
	@./setup/run.sh

test: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(SOURCES)
	$(BIN)/lint-imports
	$(BIN)/pytest -n 4 --dist loadfile --no-loadscope-reorder || { status=$$?; [ $$status -eq 1 ] || exit $$status; \
	echo; echo "Those that failed, once more, alone: what passes now depends on the load and is to be mended."; \
	$(BIN)/pytest --last-failed --last-failed-no-failures none; }

long: setup
	$(BIN)/pytest -m long

bench: setup
	$(BIN)/nightdesk bench

SESSIONS ?= 10000

simulate: setup
	$(BIN)/nightdesk simulate --sessions $(SESSIONS) --jobs 2

KILLS ?= 1000
SEED ?= 1
OUT ?= /tmp/nightdesk-crash-$(shell git rev-parse --short HEAD)

crash: setup
	$(BIN)/python -m tests.crash --kills $(KILLS) --seed $(SEED) --jobs 2 --out $(OUT)
	$(BIN)/python -m tests.crash --kills 50 --seed $(SEED) --jobs 1 --window --out $(OUT)/window
	$(BIN)/pytest -s -m long tests/powercuts

lock: setup
	@./setup/lock.sh

licences: setup
	$(BIN)/python setup/licences.py > docs/licences.md.part
	mv docs/licences.md.part docs/licences.md

clean:
	rm -rf .venv build out nightdesk.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
