# make demo    the main job on a sample project: look at what comes out in demo/
# make test    the tests
# make check   everything that must hold before a change goes in: style, types, layers, documentation, dependencies,
#              the wheel; make check-long runs the tests that take minutes, make fuzz looks for faults for ten
# make bench   how fast, beside a floor and other programs (half an hour; make bench-quick: three minutes)
# Each sets up what it needs in .venv, once. PYTHON=/path/to/python chooses the Python (3.11 or newer).

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
JOBS := auto
LOWEST := .venv-lowest
FUZZ_SECONDS := 600

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: bench bench-quick help demo test check lint types layers docs docs-serve dist wheel archive program format examples taguette clean check-long fuzz lowest audit

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
	@$(PIP) --group check --group supply
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

check: lint types layers docs audit wheel
	@echo "make check: all well."

bench: $(VENV)/with-test
	$(BIN)/python -m benchmarks

bench-quick: $(VENV)/with-test
	$(BIN)/python -m benchmarks --quick

# The long forms: every hostile file under every command, 200 kills, disks that fill up anywhere, thousands of damages.
check-long: $(VENV)/with-test
	$(BIN)/python -m pytest -n $(JOBS) -m long

# The fuzzer, a third of the time for each target; what it finds lies in tests/fuzz/found.
fuzz: $(VENV)/with-test
	@$(PIP) --only-binary atheris --group fuzz || true
	@$(BIN)/python -c "import atheris" 2>/dev/null || { echo "The fuzzer, atheris, has no build for this system."; exit 0; }; \
	for target in archive document positions; do \
	    $(BIN)/python tests/fuzz/fuzz.py $$target $$(($(FUZZ_SECONDS) / 3)) || exit 1; \
	done

# The oldest versions of the dependencies that pyproject.toml allows, with the tests that touch them most.
lowest: $(VENV)/with-check
	@$(BIN)/uv --quiet venv --clear --python $(BIN)/python $(LOWEST)
	@$(BIN)/uv --quiet pip install --python $(LOWEST)/bin/python --resolution lowest-direct --editable '.[graph,parquet,pdf]'
	@$(BIN)/uv --quiet pip install --python $(LOWEST)/bin/python hypothesis pytest pytest-xdist
	$(LOWEST)/bin/python -m pytest -n $(JOBS) -q -W default tests/unit/test_spreadsheets.py tests/unit/files \
	    tests/unit/refi/test_quoting.py tests/unit/refi/test_schema_findings.py tests/cli/test_show_command.py \
	    tests/cli/test_convert_command.py tests/cli/test_summarise_command.py tests/hostile/test_fuzz_corpus.py

# Known vulnerabilities of what is installed with the program, where a database can be reached.
audit: $(VENV)/with-check
	@$(BIN)/python tools/supply.py audit

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

# The wheel and the source archive, in dist/, with the list of all packages that come with them (SBOM).
dist: $(VENV)/with-check
	@rm -rf dist
	$(BIN)/python -m build --outdir dist .
	@$(BIN)/python tools/supply.py sbom dist

# The wheel in an environment of its own, away from the repository.
wheel: dist
	$(BIN)/python tools/try_wheel.py dist/*.whl

# One file for a computer that has Python (dist/qdpx-compassion.pyz), and a program for one that has none
# (dist/program/): both only for systems like this one. The environment beside them holds nothing but the wheel.
archive: dist
	@$(PIP) --group release
	$(BIN)/shiv -q --console-script qdpx-compassion --output-file dist/qdpx-compassion.pyz dist/*.whl
	$(BIN)/python dist/qdpx-compassion.pyz doctor

program: dist
	@tools/environment.sh build/program-environment
	@build/program-environment/bin/python -m pip install --quiet dist/*.whl --group release
	build/program-environment/bin/pyinstaller --noconfirm --log-level WARN --distpath dist/program --workpath build/program \
	    tools/program.spec
	dist/program/qdpx-compassion/qdpx-compassion doctor

# Bring code and examples of the documentation into their form.
format: $(VENV)/with-check
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

examples: $(VENV)/with-test
	$(BIN)/python tools/examples.py --write
	$(BIN)/python tools/notebooks.py --write

clean:
	rm -rf $(VENV) $(LOWEST) .venv-taguette demo dist build site .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
