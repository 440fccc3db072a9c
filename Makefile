# The two commands of the README are `make demo` and `make test`; each sets up what it needs.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
# What a demo needs, and with the tools of development besides.
INSTALLED := $(VENV)/.installed
READY  := $(VENV)/.ready
PEERS  := tests/interop/node_modules/.ready

.PHONY: demo test check format lint types layers native native-checks fuzz soak soak-simulation peers browser bench-peers clean

demo: $(INSTALLED)
	$(BIN)/tacit demo

# TESTS names some of them.
TESTS ?=
test: $(READY) peers
	$(BIN)/python -m pytest -n 2 --durations=20 $(TESTS)

check: format lint types layers native test

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/python -m tests.tidy

types: $(READY)
	$(BIN)/mypy

layers: $(READY)
	$(BIN)/python -m pytest -q tests/test_layers.py

# The crate behind the native backend. Without cargo there is none, and the reference runs.
native: $(READY)
	@if command -v cargo >/dev/null; then $(MAKE) --no-print-directory native-checks; \
	else echo "cargo not found: the native backend is neither built nor checked"; fi

native-checks:
	cd native && cargo fmt --check
	cd native/fuzz && cargo fmt --check
	cd native && cargo clippy --locked --release --all-targets -- -D warnings
	cd native && cargo test --locked --release
	$(BIN)/python -m mypy.stubtest zk._native

# Each decoder of the native backend against damaged bytes, FUZZ_SECONDS long.
FUZZ_SECONDS ?= 10
fuzz: $(READY)
	native/fuzz/run $(FUZZ_SECONDS)

# The storage tests that kill and lose power, KILLS and POWER_LOSSES times (about ten minutes), and
# many more statements of which integers and constraints must say the same.
KILLS        ?= 10000
POWER_LOSSES ?= 10000
soak: $(READY)
	TACIT_KILLS=$(KILLS) TACIT_POWER_LOSSES=$(POWER_LOSSES) $(BIN)/python -m pytest -q -n 2 \
	  tests/ledger/storage/test_crashes.py tests/ledger/storage/test_faults.py
	TACIT_AGREEMENT=8 $(BIN)/python -m pytest -q -n 2 tests/circuits/test_agreement.py

# Random histories of the ledger, as many as one has patience for.
SIMULATIONS ?= 50
soak-simulation: $(READY)
	TACIT_SIMULATIONS=$(SIMULATIONS) $(BIN)/python -m pytest -q tests/ledger/simulation -k soak

# The tools of others that the tests compare with. Without node they are skipped, visibly.
peers:
	@if command -v npm >/dev/null; then $(MAKE) --no-print-directory $(PEERS); \
	else echo "npm not found: the tests against snarkjs, circom2 and circomlibjs will be skipped"; fi

$(PEERS): tests/interop/package.json tests/interop/package-lock.json
	cd tests/interop && npm ci --no-audit --no-fund --loglevel=error
	touch $@

# A browser to look at the auditor's page with. Where it cannot be installed, its tests are skipped,
# visibly.
browser:
	@command -v chromium >/dev/null || \
	  (apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null) || \
	  echo "chromium not found: the tests of the auditor's page in a browser will be skipped"

# The provers that `tacit bench` compares with; one without its toolchain is skipped, visibly.
bench-peers: peers
	@if command -v cargo >/dev/null; then cd benchmarks/peers/ark && cargo build --release; \
	else echo "cargo not found: tacit bench will skip ark-groth16"; fi
	@if command -v go >/dev/null; then cd benchmarks/peers/gnark && GOAMD64=v3 go build -o build/gnark .; \
	else echo "go not found: tacit bench will skip gnark"; fi
	@for peer in zksnake zorch; do \
	  $(MAKE) --no-print-directory benchmarks/peers/$$peer/.venv/.ready || \
	  echo "$$peer does not install here: tacit bench will skip it"; \
	done

# A peer in Python has an environment of its own, so that what it needs never meets what we need.
# groth16-zorch is published for Python 3.11 on Linux x86_64, and for nothing else.
PEER_PYTHON := $(PYTHON)
benchmarks/peers/zorch/.venv/.ready: PEER_PYTHON := python3.11

benchmarks/peers/%/.venv/.ready: benchmarks/peers/%/requirements.txt
	rm -rf $(@D)
	$(PEER_PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

INSTALL := $(BIN)/python -m pip install --disable-pip-version-check -c constraints.txt

$(INSTALLED): pyproject.toml constraints.txt native/Cargo.toml native/Cargo.lock $(wildcard native/src/*.rs)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tacit needs Python 3.11 or newer")'
	@echo "1 of 2: a virtual environment in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@echo "2 of 2: Tacit and what it needs; the native backend takes two or three minutes to build"
	@if ! command -v cargo >/dev/null; then echo "cargo not found: the demo will run on py_ecc, slower"; fi
	@$(INSTALL) -e .
	@touch $@

$(READY): $(INSTALLED)
	$(INSTALL) --quiet -e '.[dev]'
	touch $@

clean:
	rm -rf $(VENV) build *.egg-info native/target native/fuzz/target native/fuzz/corpus native/fuzz/artifacts benchmarks/peers/ark/target benchmarks/peers/gnark/build benchmarks/peers/*/.venv zk/_native*.so tests/interop/node_modules .mypy_cache .ruff_cache .pytest_cache .hypothesis
