r"""Makes `docs/images/kiel-lamost.png`: LAMOST stars among the embedded isochrones of 7 Gyr, as in RRNet's figure 5.

    python resources/make/make_isochrone_figure.py --labels lamost_dr10_lrs.h5

The file holds datasets `teff`, `logg` and `snrg`; its labels are LASP's.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import h5py
import numpy as np

from stellarview.io.isochrones.grid_file import EMBEDDED, load_grid
from stellarview.scene.figure import save_figure
from stellarview.scene.hr import HrContext, build_hr_scene

TARGET = Path(__file__).resolve().parents[2] / "docs" / "images" / "kiel-lamost.png"


def main() -> None:
    """Draw it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--labels", type=Path, required=True, metavar="FILE")
    with h5py.File(parser.parse_args().labels, "r") as file:
        teff, logg, snr = (np.asarray(file[name][:], dtype=float) for name in ("teff", "logg", "snrg"))
    known = np.isfinite(teff) & np.isfinite(logg) & (snr >= 10)
    grid = load_grid(EMBEDDED)
    curves = tuple(curve for curve in grid.curves() if abs(curve.age_gyr - 7.0) < 0.01)
    context = HrContext(curves, catalogue=(teff[known], logg[known]), colour_by="feh")
    title = f"{known.sum():,} stars of LAMOST DR10 (LRS, labels of LASP, S/N 10 and more); MIST isochrones of 7 Gyr"
    save_figure(build_hr_scene(context, title, grid.about), TARGET, width_inch=6.5, dpi=150)


if __name__ == "__main__":
    main()
