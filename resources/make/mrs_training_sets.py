"""Makes the synthetic stars that mrs-abundances learns from, and those that it is judged by.

    nice python resources/make/mrs_training_sets.py FOLDER

Some ten minutes on one core. FOLDER gets mrs-train.h5 (all S/N), and mrs-snr50.h5: other stars, as the survey meets them, at S/N 50.
"""

from __future__ import annotations

import sys
from pathlib import Path

from stellarview.io.sets import SpectrumSetWriter
from stellarview.synthesis.emulator import Emulator, load_emulator
from stellarview.synthesis.observe import NightRules, synthetic_set
from stellarview.synthesis.population import USUAL_POPULATION, PopulationRules

# Half of the stars have [X/Fe] at random: a network shall read an element's lines, not its correlations.
TAUGHT = PopulationRules(free_share=0.5, coolest_k=3955.0)
ALL_RATIOS = NightRules(median_snr=70.0, snr_dex=0.35, highest_snr=400.0)
RATIO_50 = NightRules(median_snr=50.0, snr_dex=0.0)


def write_set(path: Path, emulator: Emulator, count: int, seed: int, population: PopulationRules, night: NightRules) -> None:
    """One set of observed spectra, unprepared, so that any recipe can follow."""
    with SpectrumSetWriter(path) as writer:
        for spectra, labels in synthetic_set(emulator, count, seed, population=population, night=night):
            writer.append(spectra, labels)
    print(path, count)


def main(folder: Path) -> None:
    """Both sets."""
    emulator = load_emulator()
    folder.mkdir(parents=True, exist_ok=True)
    write_set(folder / "mrs-snr50.h5", emulator, 2000, 501, USUAL_POPULATION, RATIO_50)
    write_set(folder / "mrs-train.h5", emulator, 14000, 500, TAUGHT, ALL_RATIOS)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
