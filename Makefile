# The whole developer interface. Each target does its own set-up: Python >= 3.11, pip and make are enough.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
EXTRAS := report,deep,dask,images,text,test,lint,docs,bench

.PHONY: demo test lint types docs bench coverage browser dist-check lowest fuzz clean

demo: $(VENV)/.core
	$(BIN)/whytransfer demo

# A file stays in one process, so that what its tests share is made once. POT would import torch in each.
test: $(VENV)/.all
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 POT_BACKEND_DISABLE_PYTORCH=1 $(BIN)/python -m pytest -m "not coverage" -n 2 --dist loadfile

lint: $(VENV)/.all types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.all
	$(BIN)/mypy

docs: $(VENV)/.all
	$(BIN)/python docs/build.py
	$(BIN)/mkdocs build --quiet --strict

bench: $(VENV)/.all
	$(BIN)/python -m benchmarks

# Both packages are built, installed in an empty environment each, and audit there without this checkout.
dist-check: $(VENV)/bin/python
	scripts/dist_check.sh $(BIN)/python

# The lowest versions that pyproject.toml allows, in .venv-lowest.
lowest:
	scripts/lowest.sh $(PYTHON)

# Coverage-guided fuzzing of every reader for eleven minutes of CPU time, in .venv-fuzz; the record goes to docs/benchmarks.
fuzz:
	$(PYTHON) -m venv .venv-fuzz
	.venv-fuzz/bin/python -m pip install --quiet --disable-pip-version-check atheris --editable .
	OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 NUMBA_NUM_THREADS=1 .venv-fuzz/bin/python -m benchmarks.fuzz_guided

coverage: $(VENV)/.all
	$(BIN)/python -m pytest -m coverage -q
	$(BIN)/python docs/coverage.py

# Debian's Chromium and its driver, for the tests of the report. Nothing to do where both are there.
browser:
	@command -v chromium >/dev/null && command -v chromedriver >/dev/null \
	  || (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium chromium-driver >/dev/null)

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.core: pyproject.toml | $(VENV)/bin/python
	$(PIP) --editable .
	touch $@

# torch first and pinned: that release is a CPU build; an open range may pull gigabytes of CUDA.
$(VENV)/.all: pyproject.toml | $(VENV)/bin/python
	$(PIP) torch==2.13.0
	$(PIP) --editable '.[$(EXTRAS)]'
	touch $@ $(VENV)/.core

clean:
	rm -rf $(VENV) .venv-lowest .venv-fuzz out site dist build .mypy_cache .ruff_cache .pytest_cache
