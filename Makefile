# Two commands do all the set-up: `make demo` and `make test`. See README.md.
SHELL := /bin/sh
PYTHON ?=
VENV := .venv
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest
FAST := not e2e and not hostile and not contract and not docker and not slow
TRACKER ?= local
PART ?= all
CLAUSES ?=
AUDITS ?= 1000
BACKEND ?= bubblewrap

.PHONY: demo demo-check test test-docker test-fast test-e2e test-contract check format bench eval mutate soak lock clean

demo: $(VENV)/runtime ## A real Label Studio with everything around it; Ctrl-C stops all of it
	@exec $(BIN)/gavel demo --tracker $(TRACKER)

demo-check: $(VENV)/dev ## The demo's story played in a browser; exit 0 only if all of it held
	@$(BIN)/gavel demo-check --tracker $(TRACKER)

test: $(VENV)/dev ## Everything: unit, contract, integration, and the story in a browser
	@$(BIN)/python -m tests.prepare
	$(PYTEST) -m "not e2e" -n 2 --dist loadgroup
	$(PYTEST) -m e2e

test-fast: $(VENV)/dev ## Unit and quick integration tests
	$(PYTEST) -m "$(FAST)" -n 2 --dist loadgroup

test-e2e: $(VENV)/dev ## The story on a real Label Studio with a real browser
	$(PYTEST) -m e2e

test-docker: $(VENV)/dev ## The sandbox's suites on both kinds of jail; starts an engine where none runs
	@$(BIN)/python -m tests.prepare
	$(PYTEST) tests/sandbox tests/hostile -n 2 --dist loadgroup

test-contract: $(VENV)/dev ## Against parts that somebody else wrote
	$(PYTEST) -m contract

check: $(VENV)/dev ## Format, lint, types, imports, dependencies
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry .

format: $(VENV)/dev ## Formats the code and mends what ruff can mend
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

bench: $(VENV)/dev ## Measures; PART=name runs one part
	$(BIN)/python -m tests.bench $(PART)

eval: $(VENV)/dev ## How often audits are right, on the corpus; CLAUSES="EH-1 clean" takes a part
	@$(BIN)/python -m tests.eval $(CLAUSES)

mutate: $(VENV)/dev ## Whether tests notice changes of suggestions and overrides; takes a few minutes
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m tests.mutation

soak: $(VENV)/dev ## AUDITS random audits in a row on BACKEND; fails if anything is left behind
	$(BIN)/python -m tests.soak $(AUDITS) $(BACKEND)

lock: ## Pins the dependencies again, with hashes and without addresses
	uv pip compile --quiet pyproject.toml --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements/runtime.txt
	uv pip compile --quiet pyproject.toml --group dev -c requirements/runtime.txt --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements/dev.txt
	uv pip compile --quiet requirements/label-studio.in --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements/label-studio.txt
	uv pip compile --quiet requirements/jira-double.in --generate-hashes --no-emit-index-url --no-header --python-version 3.11 -o requirements/jira-double.txt

$(VENV)/runtime: requirements/runtime.txt pyproject.toml requirements/venv.sh
	@sh requirements/venv.sh $(VENV) requirements/runtime.txt $(PYTHON)
	@touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml requirements/venv.sh
	@sh requirements/venv.sh $(VENV) requirements/dev.txt $(PYTHON)
	@touch $@ $(VENV)/runtime

clean: ## Removes what was installed and built here
	rm -rf $(VENV) build dist artifacts mutants .pytest_cache .mypy_cache .ruff_cache
