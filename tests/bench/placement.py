"""How fast stars are placed on a grid of the size of MIST's package: 107 ages x 15 metallicities x 1,700 points.

    python tests/bench/placement.py [--stars N] [--threads N]

The grid is synthetic (algebra that looks like MIST); its size and the way its masses crowd are what counts. Stars are
drawn from it, with noise: dwarfs and giants of 4000 to 7000 K. Times are the processor's, so that a busy machine does
not count.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import time
from pathlib import Path

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--stars", type=int, default=500)
parser.add_argument("--threads", type=int, default=1)
options = parser.parse_args()
os.environ["OMP_NUM_THREADS"] = str(options.threads)
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np
from synthetic_isochrones import grid as synthetic_grid

from stellarview.domain.isochrones import IsochroneGrid
from stellarview.domain.label_pdf import LabelPdf
from stellarview.isochrones.cells import cells_of
from stellarview.isochrones.placement import place, place_all
from stellarview.isochrones.priors import DEFAULT_PRIOR

FEHS = np.array([-4, -3.5, -3, -2.5, -2, -1.75, -1.5, -1.25, -1, -0.75, -0.5, -0.25, 0, 0.25, 0.5])
SIGMAS = {"as good as RRNet's (50 K, 0.05, 0.03)": (50.0, 0.05, 0.03), "poor (150 K, 0.25, 0.15)": (150.0, 0.25, 0.15)}


def drawn_stars(grid: IsochroneGrid, sigma: tuple[float, ...], members: int, count: int) -> list[LabelPdf]:
    """Stars of the grid, dwarfs and giants, with noise; members disagree by half a sigma."""
    random = np.random.default_rng(1)
    teff = 10.0 ** grid.log10_teff_AFE.astype(float)
    old = (grid.log10_age_yr_A > 8.5)[:, None, None] & (grid.feh_F > -1.6)[None, :, None]
    a, f, e = np.nonzero(old & (teff > 4000) & (teff < 7000) & (grid.logg_AFE > 0.5))
    chosen = random.integers(0, a.size, count)
    true = np.stack([teff[a, f, e], grid.logg_AFE[a, f, e], grid.feh_F[f]], axis=1)[chosen]
    seen = true + random.normal(size=true.shape) * sigma
    spread = 0.5 * (members > 1) * random.normal(size=(count, members, 3)) * sigma
    covariance = np.repeat(np.diag(np.square(sigma))[None], members, axis=0)
    return [LabelPdf(star + apart, covariance) for star, apart in zip(seen, spread, strict=True)]


def main() -> None:
    """Print the table."""
    start = time.perf_counter()
    grid = synthetic_grid(np.arange(5.0, 10.301, 0.05), FEHS, last_eep=1901)
    made = time.perf_counter()
    cells = cells_of(grid, DEFAULT_PRIOR)
    place(cells, drawn_stars(grid, (50.0, 0.05, 0.03), 1, 1)[0])
    print(
        f"grid {' x '.join(map(str, grid.shape))} in {made - start:.1f} s, index in {time.perf_counter() - made:.1f} s"
    )
    print("| labels | members | median | 99% | slowest | stars/s |\n|---|---|---|---|---|---|")
    for words, sigma in SIGMAS.items():
        for members in (1, 6):
            stars = drawn_stars(grid, sigma, members, options.stars)
            times = []
            before = time.process_time()
            for _ in place_all(cells, stars):
                times.append(1e3 * (time.process_time() - before))
                before = time.process_time()
            median, late, slowest = np.percentile(times, (50, 99, 100))
            rate = 1e3 * len(times) / sum(times)
            print(f"| {words} | {members} | {median:.1f} ms | {late:.1f} | {slowest:.1f} | {rate:.0f} |")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB")


if __name__ == "__main__":
    main()
