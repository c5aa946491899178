# Two commands for a newcomer: `make demo` and `make test`. Python 3.10 to 3.13, git and make are all they need.

PYTHON ?= python3
BENCH ?=
# Of a benchmark.
ARGS ?=
SINCE ?= origin/main
bench_argument = $(if $(BENCH),--bench $(BENCH))

.PHONY: demo test lint lint-commits translations bench-onboarding bench-daily bench-lists bench-campaign bench-load bench-progress bench-rules bench-seal bench-binder bench-compliance bench-all clean

demo:
	@$(PYTHON) embedded/make_env.py && .venv/bin/python -m embedded.demo

test:
	@$(PYTHON) tests/run.py $(bench_argument)

lint:
	@$(PYTHON) tests/lint.py

translations:
	@$(PYTHON) embedded/make_env.py && .venv/bin/python -m tests.translations

# Of the commits since one: make lint-commits SINCE=origin/main
lint-commits:
	@$(PYTHON) tests/lint.py --commits-since $(SINCE)

bench-onboarding bench-daily bench-lists bench-campaign bench-load bench-progress bench-rules bench-seal bench-binder bench-compliance bench-all:
	@$(PYTHON) tests/benchmark.py $(@:bench-%=%) $(bench_argument) $(ARGS)

clean:
	rm -rf .venv .cache tests/scripts/node_modules
