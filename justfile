# What developers do, by name: `just NAME`. The scripts do the work, so that nothing here needs just.

python := ".venv/bin/python"

set positional-arguments

# List these names.
default:
    @just --list

# Make .venv with everything for tests and checks.
setup:
    root=$PWD; . installer/setup.sh; set_up test lint

# Run the tests: just test tests/io -k gap
test *arguments:
    sh installer/test.sh "$@"

# Check style, and repair what can be repaired.
lint: setup
    {{ python }} -m ruff check --fix .
    {{ python }} -m ruff format .

# Check the types.
types: setup
    {{ python }} -m mypy

# Check that imports point down.
contracts: setup
    .venv/bin/lint-imports

# Everything that a change must pass.
ci:
    .ci/run

# Run the program; without arguments, on the bundled example.
run *arguments:
    sh installer/run.sh "$@"

# Measure speed.
bench *arguments:
    OMP_NUM_THREADS=1 sh installer/test.sh tests/bench -s "$@"
