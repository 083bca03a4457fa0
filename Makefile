# make chat    install, ingest FOLDER, open the chat in the browser
# make test    install with test extras, run every test
# make check   lint and types
PYTHON  ?= python3
VENV    ?= .venv
PORT    ?= 7860
FOLDER  ?= corpora
LIBRARY ?= .footnote/$(notdir $(abspath $(FOLDER)))
BIN      = $(VENV)/bin

.PHONY: chat test check clean

chat: $(VENV)/installed
	$(BIN)/footnote ingest "$(FOLDER)" --library "$(LIBRARY)"
	$(BIN)/footnote chat --library "$(LIBRARY)" --port $(PORT)

test: $(VENV)/installed-test
	$(BIN)/python -m pytest

check: $(VENV)/installed-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

$(VENV)/installed: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e .
	touch $@

$(VENV)/installed-test: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test]"
	touch $@ $(VENV)/installed

clean:
	rm -rf $(VENV) .footnote build *.egg-info
