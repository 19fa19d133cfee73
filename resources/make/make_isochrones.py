r"""Makes `resources/isochrones.h5`: the few curves that travel with the program.

    python resources/make/make_isochrones.py --mist FOLDER

The folder holds official MIST v1.2 isochrones (`.iso.cmd`, solar at 1, 5 and 10 Gyr and [Fe/H] -1.35 at 12 Gyr) and
`mist_7gyr_three_feh.csv`: three curves of 7 Gyr in Teff and log g alone, whose columns `teff_*` hold log10 Teff.

The curves are resampled in evolutionary points: all of them up to the early AGB, every tenth on the thermally pulsing
AGB and after it, where stars are rare. Of the three curves nothing is made up: luminosities and masses are NaN. Points
count backwards from the last one of every MIST isochrone, 1710 (with this the giants' tip falls on point 605, or on 602
at [Fe/H] +0.5, and the largest step in log g on 608, as in the other curves), and phases follow from the points.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np

from stellarview.domain.isochrones import COLUMNS, Isochrone, grid_of
from stellarview.io.file_bytes import read_file_bytes
from stellarview.io.isochrones.grid_file import EMBEDDED, write_grid
from stellarview.io.isochrones.mist import parse_mist

TARGET = Path(__file__).resolve().parents[1] / "isochrones.h5"
LAST_EEP, LAST_DENSE_EEP, SPARSE_STEP = 1710, 808, 10
# First evolutionary point of each phase, in every curve that tells its phases.
PHASE_STARTS = {0: 202, 2: 454, 3: 605, 4: 707, 5: 808, 6: 1409}
ABOUT = (
    "MIST 1.2 (MESA 7503), v/vcrit = 0.4, [a/Fe] = 0, resampled in evolutionary points. 7 Gyr: Teff and log g alone. "
    "Cite Dotter (2016, ApJS 222, 8) and Choi et al. (2016, ApJ 823, 102)."
)


def resampled(curve: Isochrone) -> Isochrone:
    """Fewer points where stars are rare."""
    keep = (curve.eep_E <= LAST_DENSE_EEP) | (curve.eep_E % SPARSE_STEP == 0)
    columns = {f"{name}_E": getattr(curve, f"{name}_E")[keep] for name in COLUMNS}
    return Isochrone(curve.log10_age_yr, curve.feh, curve.eep_E[keep], **columns, phase_E=curve.phase_E[keep])


def bare_curves(path: Path) -> list[Isochrone]:
    """The three curves of 7 Gyr."""
    with path.open(newline="", encoding="ascii") as file:
        rows = list(csv.DictReader(file))
    curves = []
    for feh in ("-0.5", "0", "0.5"):
        log10_teff, logg = (
            np.array([float(row[f"{name}_{feh}"]) for row in rows if row[f"{name}_{feh}"].strip() not in ("", "nan")])
            for name in ("teff", "logg")
        )
        if not (log10_teff.size == logg.size and (np.abs(log10_teff - 4.0) < 2.0).all()):
            raise SystemExit(f"{path.name}: the columns of [Fe/H] {feh} are not log10 Teff and log g")
        eep = np.arange(LAST_EEP + 1 - logg.size, LAST_EEP + 1)
        starts = np.array(list(PHASE_STARTS.values()))
        phase = np.array(list(PHASE_STARTS))[np.searchsorted(starts, eep, side="right") - 1]
        nothing = np.full(logg.size, np.nan)
        log10_age = round(float(np.log10(7e9)), 6)
        curves.append(Isochrone(log10_age, float(feh), eep, log10_teff, logg, nothing, nothing, nothing, phase))
    return curves


def main() -> None:
    """Write the file and tell what is in it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mist", type=Path, required=True, metavar="FOLDER")
    folder = parser.parse_args().mist
    curves = bare_curves(folder / "mist_7gyr_three_feh.csv")
    for path in sorted(folder.glob("*.iso.cmd.gz")):
        curves += parse_mist(read_file_bytes(path).data, path).curves
    grid = grid_of(EMBEDDED, ABOUT, [resampled(curve) for curve in curves])
    write_grid(TARGET, grid)
    for curve in grid.curves():
        print(f"{curve.name}: {len(curve)} points, {'no ' * bool(np.isnan(curve.mass_E).all())}masses")
    print(f"{TARGET.name}: {TARGET.stat().st_size >> 10} kB")


if __name__ == "__main__":
    main()
