# What people type. The work itself is `eudr-check`; make only remembers the commands.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
# Where the machine forbids Python to keep bytecode, every process would compile the whole package again.
export PYTHONDONTWRITEBYTECODE :=
HARVESTS := $(basename $(notdir $(wildcard configs/*.yaml)))
OWN := help install demo test coverage check faults fuzz bench docs pictures wheel clean season
# eudr-check says itself what its exit codes 3 (something is open) and 4 (incomplete) mean; 3 is no error.
OPEN_IS_DONE = || { code=$$?; [ $$code -eq 3 ] || exit $$code; }

ifneq ($(filter $(OWN),$(HARVESTS)),)
$(error configs/$(firstword $(filter $(OWN),$(HARVESTS))).yaml: this name is a make target of its own; rename the file)
endif

.PHONY: $(OWN) $(HARVESTS)

help:
	@echo "make demo       set up, and run the sample harvest offline"
	@echo "make test       set up, and run the tests"
	@echo "make coverage   the unit tests, and which share of eudr_check they run (twice the time)"
	@echo "make install    set up only (creates .venv)"
	@echo "make check      lint, types, and the contracts between rooms"
	@echo "make season     every harvest of configs/, and one page over all"
	@echo "make fuzz       long run of hostile input through every reader"
	@echo "make faults     long run of network faults and killed runs"
	@echo "make bench      compare speed with the peers, in one run"
	@echo "make docs       build the documentation site into site/"
	@echo "make pictures   make the pictures of the README and docs anew"
	@echo "make wheel      build the package for others to install"
	@echo "make clean      remove .venv and the finished runs"
	@echo "Harvests (make NAME):"
	@for name in $(HARVESTS); do echo "  $$name"; done

install: .venv/.installed

demo: .venv/.installed
	@$(BIN)/eudr-check run configs/pe-coffee-2026.yaml --offline $(OPEN_IS_DONE)

test: .venv/.installed-test
	$(BIN)/pytest -n 2 --dist worksteal

coverage: .venv/.installed-test
	$(BIN)/pytest -n 2 --dist worksteal tests/unit --cov --cov-report=term

$(HARVESTS): %: configs/%.yaml .venv/.installed
	@$(BIN)/eudr-check run $< $(OPEN_IS_DONE)

season: .venv/.installed
	@$(BIN)/python -m pipelines.season $(wildcard configs/*.yaml) $(OPEN_IS_DONE)

check: .venv/.installed-check
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

fuzz: .venv/.installed-test
	$(BIN)/python tests/fuzz/fuzz_plots.py 600
	$(BIN)/python -m tests.fuzz.conservation 10000
	$(BIN)/pytest -n 2 -m hypothesis --hypothesis-profile=fuzz tests/unit tests/property

faults: .venv/.installed-test
	$(BIN)/python -m tests.tools.fault_campaign 200
	$(BIN)/pytest -m faults tests

bench: .venv/.installed-bench
	$(BIN)/python -m benchmarks.overlay

docs: .venv/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict

pictures: .venv/.installed-docs
	$(BIN)/python docs/make_pictures.py

wheel: .venv/.installed
	$(BIN)/pip wheel --quiet --no-deps --wheel-dir dist .

clean:
	rm -rf .venv runs site dist build

# Of all modules of all packages a fifth is ever imported: those are compiled then.
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --constraint constraints.txt

.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "eudr-check needs Python 3.11 or later; say where it is: make PYTHON=/path/to/python3.11"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@touch $@

.venv/.installed: .venv/.made pyproject.toml constraints.txt
	$(INSTALL) --editable .
	@touch $@
	@echo "The command is $(BIN)/eudr-check; your own harvest: $(BIN)/eudr-check init FOLDER"

.venv/.installed-%: .venv/.made pyproject.toml constraints.txt
	$(INSTALL) --editable '.[$*]'
	@touch $@
