#!/bin/sh
# From a bare machine to StellarView at work: sh installer/run.sh [ARGUMENTS OF stellarview]
# Without arguments it shows the bundled examples and draws them to out/.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/installer/setup.sh"
set_up

if [ $# -gt 0 ]; then exec "$venv/bin/stellarview" "$@"; fi

cd "$root"
mkdir -p out

for file in resources/examples/*.fits.gz; do
  figure="out/$(basename "$file" .fits.gz).pdf"
  say "stellarview inspect $file --figure $figure"
  "$venv/bin/stellarview" inspect "$file" --figure "$figure"
done
