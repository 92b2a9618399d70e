# Each target sets up what it needs in .venv: only Python 3.11+ (with venv) and make have to be there.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
INSTALL = $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt

.PHONY: run test test-slow test-versions coverage bench book test-book release-check lint format clean

run: $(VENV)/.run  ## the main job: theory against simulation, a table, a verdict, a picture
	$(BIN)/rfscale compare

test: $(VENV)/.test  ## in a few processes, which divide the cores among them
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m pytest -n logical --maxprocesses 4 --dist worksteal $(ARGS)

test-slow: $(VENV)/.test
	$(BIN)/python -m pytest -m slow

test-versions: $(VENV)/bin/pip  ## other Pythons that are found, with the newest and with the oldest dependencies
	$(BIN)/python tests/versions_check.py

test-version-%: $(VENV)/bin/pip  ## one of them, on one core
	$(BIN)/python tests/versions_check.py $*

coverage: $(VENV)/.coverage  ## what the tests reach, with the JIT disabled, which hides it; some ten minutes
	NUMBA_DISABLE_JIT=1 OPENBLAS_NUM_THREADS=1 PYTHONPATH=tests $(BIN)/coverage run -m pytest -q -p without_jit
	$(BIN)/coverage report

bench: $(VENV)/.bench  ## the benchmark table of the README
	$(BIN)/python -m pytest tests/benchmarks -o addopts="" -p no:cacheprovider -q --benchmark-columns=min

book: $(VENV)/.book  ## build/book/index.html: derivations and examples with what they print and draw, and the reference
	rm -rf build/book build/doctrees book/derivations book/examples
	$(BIN)/sphinx-build -q -W --keep-going -b html -d build/doctrees book build/book

test-book: $(VENV)/.browser  ## the book in a browser without a network, after `make book`; needs chromium
	$(BIN)/python -m pytest tests/browser -o addopts="" -p no:cacheprovider -n logical --maxprocesses 2 --dist worksteal

release-check: $(VENV)/.release  ## sdist and wheel; the wheel at work in an empty environment
	$(BIN)/python tests/release_check.py

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
	$(INSTALL) -e .
	@touch $@

# Targets that are made side by side may not install into one environment at once: with TOGETHER=1 one does it for all.
TARGETS = test book browser lint release
ifdef TOGETHER
$(TARGETS:%=$(VENV)/.%): $(VENV)/.together
	@touch $@
endif

$(VENV)/.together: $(VENV)/bin/pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[$(shell echo $(TARGETS) | tr " " ,)]'
	@touch $@

$(VENV)/.%: $(VENV)/bin/pip pyproject.toml constraints.txt
	$(INSTALL) -e '.[$*]'
	@touch $@
