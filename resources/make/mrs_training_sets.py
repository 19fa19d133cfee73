"""Makes the synthetic stars that mrs-abundances learns from, and those that it is judged by.

    nice python resources/make/mrs_training_sets.py resources/training/data

Ten minutes on one core. The same seeds give the same stars on any machine.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from stellarview.io.sets import SpectrumSetWriter
from stellarview.synthesis.emulator import Emulator, load_emulator
from stellarview.synthesis.observe import USUAL_NIGHT, NightRules, synthetic_set
from stellarview.synthesis.population import USUAL_POPULATION, PopulationRules


@dataclass(frozen=True)
class Wanted:
    """A set: how many stars, of what kind, and how well observed."""

    file: str
    count: int
    seed: int
    population: PopulationRules = USUAL_POPULATION
    night: NightRules = USUAL_NIGHT


SETS = (
    # Other stars than those of the training, as the survey meets them, at S/N 50 in the blue arm and 75 in the red.
    Wanted("mrs-snr50.h5", 2000, 501, night=NightRules(median_snr=50.0, snr_dex=0.0)),
    # Half of the stars have [X/Fe] at random: a network shall read an element's lines, not what elements share.
    Wanted(
        "mrs-train.h5",
        14000,
        500,
        PopulationRules(free_share=0.5, coolest_k=3955.0),
        NightRules(median_snr=70.0, snr_dex=0.35, highest_snr=400.0),
    ),
)


def write_set(folder: Path, emulator: Emulator, wanted: Wanted) -> None:
    """One set of observed spectra, unprepared, so that any recipe can follow."""
    stars = synthetic_set(emulator, wanted.count, wanted.seed, population=wanted.population, night=wanted.night)
    with SpectrumSetWriter(folder / wanted.file) as writer:
        for spectra, labels in stars:
            writer.append(spectra, labels)
    print(folder / wanted.file, wanted.count)


def main(folder: Path) -> None:
    """All sets."""
    emulator = load_emulator()
    folder.mkdir(parents=True, exist_ok=True)
    for wanted in SETS:
        write_set(folder, emulator, wanted)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
