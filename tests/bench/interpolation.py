"""How well curves between curves are known: one age left out and made again from its neighbours, phase by phase.

    python tests/bench/interpolation.py

Real: what the embedded MIST curves allow. Synthetic: every age of a grid with MIST's steps (0.05 dex), each from its
two neighbours, so over 0.1 dex. Errors at the same evolutionary point, which placement feels, and the distance of the
made curve from the true one in the diagram (in units of 100 K and 0.1 dex), which an eye sees.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from synthetic_isochrones import grid as synthetic_grid

from stellarview.domain.isochrones import PHASES, Isochrone
from stellarview.io.isochrones.grid_file import EMBEDDED, load_grid
from stellarview.isochrones.interpolate import blend

# Beyond the early AGB nobody reads an age off a curve.
_SHOWN = (0, 2, 3, 4)


def errors(made: Isochrone, true: Isochrone) -> dict[int, tuple[float, ...]]:
    """For each phase largest and median error in log Teff and log g, and the largest distance of the curves."""
    _, mine, its = np.intersect1d(made.eep_E, true.eep_E, return_indices=True)
    teff, logg = (np.abs(getattr(made, c)[mine] - getattr(true, c)[its]) for c in ("log10_teff_E", "logg_E"))
    found = {}
    for phase in _SHOWN:
        of = true.phase_E[its] == phase
        if of.any():
            far = max(distance(made, int(point), true) for point in mine[of][::3])
            found[phase] = (teff[of].max(), np.median(teff[of]), logg[of].max(), np.median(logg[of]), far)
    return found


def distance(made: Isochrone, point: int, true: Isochrone) -> float:
    """From one point to the nearest of a curve."""
    x = (10.0 ** true.log10_teff_E.astype(float) - 10.0 ** float(made.log10_teff_E[point])) / 100.0
    return float(np.hypot(x, (true.logg_E - made.logg_E[point]) / 0.1).min())


def tell(title: str, rows: dict[int, tuple[float, ...]]) -> None:
    """A table."""
    print(f"\n{title}\n\n| phase | log Teff largest | median | log g largest | median | curve off by |")
    print("|---|---|---|---|---|---|")
    for phase, values in rows.items():
        print(f"| {PHASES[phase]} | " + " | ".join(f"{v:.2g}" for v in values[:4]) + f" | {values[4]:.2g} |")


def main() -> None:
    """Print the tables."""
    real = {(round(curve.age_gyr), curve.feh): curve for curve in load_grid(EMBEDDED).curves()}
    for young, true, old in ((1, 5, 10), (5, 7, 10)):
        one, left_out, other = (real[age, 0.0] for age in (young, true, old))
        step = other.log10_age_yr - one.log10_age_yr
        share = (left_out.log10_age_yr - one.log10_age_yr) / step
        tell(
            f"Real, {true} Gyr from {young} and {old} Gyr ({step:.2f} dex apart)",
            errors(blend(one, other, share), left_out),
        )
    tell("Real, 7 Gyr, [Fe/H] 0 from -0.5 and +0.5", errors(blend(real[7, -0.5], real[7, 0.5], 0.5), real[7, 0.0]))
    grid = synthetic_grid(np.arange(9.0, 10.301, 0.05), np.array([0.0]))
    curves = grid.curves()
    worst: dict[int, tuple[float, ...]] = {}
    for young, true, old in zip(curves, curves[1:], curves[2:], strict=False):
        for phase, values in errors(blend(young, old, 0.5), true).items():
            worst[phase] = tuple(np.maximum(values, worst.get(phase, values)))
    tell("Synthetic, 1 to 20 Gyr, each age from its neighbours (0.1 dex apart)", worst)


if __name__ == "__main__":
    main()
