"""How soon the window can show what an edit does: from the edited spectrum to the new prediction, on one core.

    python tests/bench/what_if.py [--rounds N]

The bundled examples, with the models that travel with the program. The star's velocity and its prediction are known, as
they are in the window; each edit is another one, so that nothing is answered from memory.
"""

from __future__ import annotations

import argparse
import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"  # before numpy is imported: one core

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import get_args

import numpy as np

from stellarview.domain.edit import Edit, EditKind
from stellarview.domain.prediction import Prediction
from stellarview.domain.what_if import WhatIf
from stellarview.what_if import what_if
from stellarview.workflow import load_model, open_spectrum, predict, with_velocity

EXAMPLES = Path(__file__).resolve().parents[2] / "resources" / "examples"
ROWS = (("spec-synthetic-G2V.fits.gz", "lrs-stellar"), ("med-synthetic-K1III.fits.gz", "mrs-abundances"))
MG_B = (5163.0, 5190.0)


def milliseconds(work: Callable[[float], object], rounds: int) -> np.ndarray:
    """Of each round; each with another amount."""
    times = []
    for amount in np.linspace(0.5, 1.5, rounds):
        start = time.perf_counter()
        work(float(amount))
        times.append(1e3 * (time.perf_counter() - start))
    return np.array(times)


def report(file: str, name: str, rounds: int) -> None:
    """A row a kind of edit."""
    model = load_model(name, "cpu")
    star = with_velocity(open_spectrum(EXAMPLES / file))
    (before,) = predict([star], model, has_bounds=False)
    assert isinstance(before, Prediction)

    def answer(kind: EditKind, amount: float) -> WhatIf:
        return what_if(star, model, [Edit(*MG_B, kind, amount)], before)

    for kind in get_args(EditKind):
        times = milliseconds(partial(answer, kind), rounds)
        print(f"{name + ', ' + kind:<28}{times[0]:>9.1f}{np.median(times):>9.1f}{np.percentile(times, 95):>9.1f}")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    options = parser.parse_args()
    print(f"{'model and edit':<28}{'first':>9}{'median':>9}{'95%':>9}   ms")
    for file, name in ROWS:
        report(file, name, options.rounds)


if __name__ == "__main__":
    main()
