# make quiz   installs into .venv and starts today's session
# make test   installs what the tests need and runs all of them

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt

.PHONY: quiz test bench clean
.DEFAULT_GOAL := quiz

quiz: $(VENV)/.quiz
	@$(BIN)/quiz

test: $(VENV)/.test
	@$(BIN)/python -m pytest --numprocesses auto

bench: $(VENV)/.test
	@for file in tests/bench/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "quiz needs Python 3.11 or later: make PYTHON=python3.11")'
	@$(PYTHON) -m venv $(VENV)

# The stamps are made last, so that a broken installation is tried again.
$(VENV)/.quiz: $(VENV)/bin/python pyproject.toml constraints.txt
	@$(INSTALL) --editable .
	@$(BIN)/python -m compileall -q quiz demos
	@touch $@

$(VENV)/.test: $(VENV)/.quiz
	@$(INSTALL) --editable '.[test]'
	@touch $@

clean:
	rm -rf $(VENV)
