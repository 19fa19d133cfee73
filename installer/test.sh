#!/bin/sh
# From a bare machine to the tests' verdict: sh installer/test.sh [ARGUMENTS OF pytest]
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/installer/setup.sh"
set_up test

cd "$root"
say "pytest${*:+ $*}"
exec "$python" -m pytest -n auto "$@" # as many at a time as there are cores
