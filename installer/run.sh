#!/bin/sh
# From a bare machine to StellarView at work: sh installer/run.sh [ARGUMENTS OF stellarview]
# Without arguments it shows the bundled example and draws it to out/example.pdf.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/installer/setup.sh"
set_up

if [ $# -gt 0 ]; then exec "$venv/bin/stellarview" "$@"; fi

cd "$root"
mkdir -p out
set -- resources/examples/*.fits*
say "stellarview inspect $* --figure out/example.pdf"
exec "$venv/bin/stellarview" inspect "$@" --figure out/example.pdf
