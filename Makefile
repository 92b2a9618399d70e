# Each target sets up what it needs in .venv: only Python 3.11+ (with venv) and make have to be there.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test test-slow bench lint format clean

run: $(VENV)/.run  ## the main job: theory against simulation, a table, a verdict, a picture
	$(BIN)/rfscale compare

test: $(VENV)/.test
	$(BIN)/python -m pytest

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

bench: $(VENV)/.bench  ## the benchmark table of the README
	$(BIN)/python -m pytest tests/benchmarks -o addopts="" -p no:cacheprovider -q --benchmark-columns=min

lint: $(VENV)/.lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(VENV)/.lint
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) build dist *.egg-info

$(VENV)/bin/pip:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: $(VENV)/bin/pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[parallel]'
	@touch $@

$(VENV)/.%: $(VENV)/bin/pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[$*]'
	@touch $@
