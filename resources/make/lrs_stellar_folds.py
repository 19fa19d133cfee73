"""The figures of docs/models/lrs-stellar.md: five parts that share no plate, each told by networks that never saw it.

    python resources/make/lrs_stellar_folds.py resources/training/lrs-stellar.toml RUN_FOLDER

Four minutes on one core. Stars below and above 7000 K apart, S/N above 20; then all of them by S/N.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from stellarview.inference.cores import use_threads
from stellarview.training.config_file import read_config
from stellarview.training.cross_validation import out_of_fold
from stellarview.training.progress import Progress, Watch

_EDGE_K, _LEAST_SNR = 7000.0, 20.0
_SNR_EDGES = (0, 10, 20, 30, 50, 80, 150, np.inf)


@contextmanager
def _to_the_end(number: int) -> Iterator[Watch]:
    def watch(progress: Progress) -> bool:
        return False

    yield watch


def main() -> None:
    """Train the folds, or take up finished ones, and print both tables."""
    path, run_folder = Path(sys.argv[1]), Path(sys.argv[2])
    use_threads(1)
    np.set_printoptions(suppress=True)
    config = read_config(path)
    config = replace(
        config, model=replace(config.model, faithfulness=0), loop=replace(config.loop, checkpoint_epochs=60)
    )
    _, given, _ = out_of_fold(config, path.parent, run_folder, 5, _to_the_end)
    told_BK, truth_BK = given.told_MBK.mean(axis=0), given.truth_BK
    sigma_BK = np.sqrt((given.sigma_MBK**2).mean(axis=0) + given.told_MBK.var(axis=0))
    error_BK = told_BK - truth_BK
    bright_B, teff_B = given.snr_B > _LEAST_SNR, truth_BK[:, 0]
    groups = {"below 7000 K": bright_B & (teff_B < _EDGE_K), "above": bright_B & (teff_B >= _EDGE_K)}
    groups["giants"] = groups["below 7000 K"] & (truth_BK[:, 1] < 3.5)
    groups["10,500 K and more"] = bright_B & (teff_B >= 10_500)
    groups |= {
        f"S/N {low} to {high}": (given.snr_B > low) & (given.snr_B <= high) for low, high in pairwise(_SNR_EDGES)
    }
    for name, chosen_B in groups.items():
        error, mae = error_BK[chosen_B], np.abs(error_BK[chosen_B]).mean(axis=0)
        within = (np.abs(error) < sigma_BK[chosen_B]).mean(axis=0)
        relative = (np.abs(error[:, 0]) / teff_B[chosen_B]).mean()
        print(f"{name:<20} {chosen_B.sum():5d}  MAE {mae.round(3)} (Teff {relative:.2%})  median error", end=" ")
        print(f"{np.median(np.abs(error), axis=0).round(3)}  bias {error.mean(axis=0).round(3)}", end=" ")
        print(f"= {(error.mean(axis=0) / mae).round(2)} MAE  in 68% {within.round(2)}")


if __name__ == "__main__":
    main()
