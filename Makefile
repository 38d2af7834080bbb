# make demo    the main job on a sample project: look at what comes out in demo/
# make test    the tests
# make check   everything that must hold before a change goes in: style, types, layers, documentation, the wheel
# Each sets up what it needs in .venv, once. PYTHON=/path/to/python chooses the Python (3.11 or newer).

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS := auto

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help demo test check lint types layers docs docs-serve dist wheel format examples taguette clean

help:
	@sed -n 's/^# \{0,1\}//p;/^$$/q' Makefile

# -- set-up ---------------------------------------------------------------------------------------------------------

$(VENV)/made: tools/environment.sh
	@echo "Setting up (once; a minute or two) …"
	@tools/environment.sh $(VENV)
	@touch $@

$(VENV)/installed: $(VENV)/made pyproject.toml
	@$(PIP) --editable .
	@touch $@

$(VENV)/with-test: $(VENV)/installed
	@$(PIP) --group test
	@touch $@

$(VENV)/with-check: $(VENV)/with-test
	@$(PIP) --group check
	@touch $@

# Taguette wants versions of packages of its own, so it gets an environment of its own; tests use it where it is there.
.venv-taguette/made:
	@tools/environment.sh .venv-taguette
	@.venv-taguette/bin/python -m pip install --quiet --disable-pip-version-check taguette==1.5.2
	@touch $@

taguette: .venv-taguette/made

# -- what people ask for ----------------------------------------------------------------------------------------------

demo: $(VENV)/installed
	@$(BIN)/python tools/demo.py

test: $(VENV)/with-test
	$(BIN)/python -m pytest -n $(JOBS)

check: lint types layers docs wheel
	@echo "make check: all well."

lint: $(VENV)/with-check
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/with-check
	$(BIN)/mypy

layers: $(VENV)/with-check
	$(BIN)/lint-imports

docs: $(VENV)/with-check
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "The documentation: site/index.html"

docs-serve: $(VENV)/with-check
	$(BIN)/mkdocs serve

# The wheel and the source archive, in dist/.
dist: $(VENV)/with-check
	@rm -rf dist
	$(BIN)/python -m build --outdir dist .

# The wheel in an environment of its own, away from the repository.
wheel: dist
	$(BIN)/python tools/try_wheel.py dist/*.whl

# Bring code and examples of the documentation into their form.
format: $(VENV)/with-check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

examples: $(VENV)/with-test
	$(BIN)/python tools/examples.py --write
	$(BIN)/python tools/notebooks.py --write

clean:
	rm -rf $(VENV) .venv-taguette demo dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
