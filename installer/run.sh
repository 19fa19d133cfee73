#!/bin/sh
# From a bare machine to StellarView at work: sh installer/run.sh [ARGUMENTS OF stellarview]
# Without arguments it opens the window on the bundled examples; where there is no screen, it draws them to out/, and a
# picture of the window.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
. "$root/installer/setup.sh"
set_up

if [ $# -gt 0 ]; then exec "$venv/bin/stellarview" "$@"; fi

if has_screen; then
  say "stellarview"
  if "$venv/bin/stellarview"; then exit 0; fi
  say "the window did not open: drawing instead"
fi

cd "$root"
mkdir -p out

for file in resources/examples/*.fits.gz; do
  figure="out/$(basename "$file" .fits.gz).pdf"
  say "stellarview inspect $file --figure $figure"
  "$venv/bin/stellarview" inspect "$file" --figure "$figure"
done
say "stellarview --screenshot out/window.png"
QT_QPA_PLATFORM=offscreen "$venv/bin/stellarview" --screenshot out/window.png
