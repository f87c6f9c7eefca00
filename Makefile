# `make demo` needs only this file and Python 3.11 or newer. ARGS is handed to the command.
PYTHON := $(shell command -v python3.11 || command -v python3.12 || command -v python3.13 || command -v python3)
PORTAL = @$(or $(PYTHON),$(error The portal needs Python 3.11 or newer. Install it, then run make again)) vru_portal/bootstrap.py
LOCK = .venv/bin/uv pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-strip-extras --no-header --no-emit-index-url

.PHONY: help demo test check bench proof screenshots lock clean

help:  ## List these commands
	@grep -E '^[a-z]+: .*##|^[a-z]+:  ##' Makefile | sed 's/:.*## /\t/' | expand -t 14

demo:  ## Run the portal with demonstration data on http://127.0.0.1:8000 (PORT=8001 for another)
	$(PORTAL) demo

test:  ## Run the checks and all tests; with ARGS="tests/funding -k split" only those tests
	$(PORTAL) test $(ARGS)

check:  ## Run lint, types, layout, migration and deployment checks
	$(PORTAL) check

bench:  ## Measure speed; ARGS go to pytest
	$(PORTAL) bench $(ARGS)

proof:  ## Try parallel saves, submits (200 times each), splits of a sum (20,000) and every cell of the access matrix; PROOF_ROUNDS=20 for a tenth
	$(PORTAL) proof $(ARGS)

screenshots:  ## Take pictures of the pages
	$(PORTAL) screenshots $(ARGS)

lock:  ## Write the three requirements*.txt files from the *.in files
	$(PORTAL) install
	$(LOCK) requirements.in -o requirements.txt
	$(LOCK) requirements-local.in -o requirements-local.txt
	$(LOCK) requirements-dev.in -o requirements-dev.txt

clean:  ## Remove everything that the commands above made, the demonstration data too
	rm -rf .venv node_modules var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
