"""Draws the figures of docs/models/mrs-emulator.md: `python resources/make/emulator_figures.py OUT MRS_FILE...`"""

from __future__ import annotations

import argparse
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from stellarview.io.spectra import read_spectrum
from stellarview.synthesis.broadening import LineSpread
from stellarview.synthesis.emulator import Emulator, load_emulator
from stellarview.synthesis.fit import SpectrumFit, fit_spectrum
from stellarview.synthesis.labels import ELEMENTS, EMULATOR_LABELS
from stellarview.workflow import with_velocity

_SUN = {"teff": 5772.0, "logg": 4.44, "vmic": 1.0}
_DPI = 110
_COLOURS = ("#882255", "#D55E00", "#E69F00", "#009E73", "#0072B2")


def draw_errors(emulator: Emulator, path: Path) -> None:
    """The error map: held-out rms per pixel at R 7500, a curve for each range of Teff, below the Sun's spectrum."""
    figure = Figure(figsize=(10, 5.5), layout="constrained")
    axes: Any = figure.subplots(2, 2, sharex="col", height_ratios=(1, 1.4))
    card, start = emulator.card, 0
    blurred = LineSpread(card.arms, card.resolution, 7500.0).apply(emulator.flux(_SUN))
    for column, arm in enumerate(card.arms):
        part = slice(start, start + arm.points)
        start = part.stop
        axes[0, column].plot(arm.wavelength_angstrom, blurred[part], color="#222222", lw=0.5)
        for row, (low, high) in enumerate(pairwise(card.error_teff_edges)):
            error = 100.0 * np.convolve(emulator.error_RP[row, part], np.ones(15) / 15, mode="same")
            axes[1, column].plot(
                arm.wavelength_angstrom, error, color=_COLOURS[row % 5], lw=0.6, label=f"{low:.0f}-{high:.0f} K"
            )
        for masked in card.masked:
            axes[1, column].axvspan(masked.start_angstrom, masked.stop_angstrom, color="#dddddd")
        limits = (float(arm.wavelength_angstrom[0]), float(arm.wavelength_angstrom[-1]))
        axes[1, column].set(xlim=limits, xlabel="Rest wavelength in vacuum (Å)", yscale="log", ylim=(0.03, 10))
    axes[0, 0].set_ylabel("Flux of the Sun")
    axes[1, 0].set_ylabel("Held-out rms (% of continuum)")
    axes[1, 1].legend(fontsize=7, ncols=3, frameon=False, loc="upper right")
    figure.savefig(path, dpi=_DPI)


def draw_fits(fits: dict[str, SpectrumFit], path: Path) -> None:
    """Observed stars over their fits, and what is left."""
    figure = Figure(figsize=(11, 3.1 * len(fits)), layout="constrained")
    axes: Any = figure.subplots(2 * len(fits), 2, sharex="col", height_ratios=(2, 1) * len(fits), squeeze=False)
    for star, (name, fit) in enumerate(fits.items()):
        for arm in fit.arms:
            column = ("B", "R").index(arm.name)
            above, below = axes[2 * star, column], axes[2 * star + 1, column]
            x, residual = arm.wavelength_angstrom, 100.0 * (arm.flux - arm.model)
            above.plot(x, np.where(np.abs(residual) < 40, arm.flux, np.nan), color="#222222", lw=0.5)
            above.plot(x, arm.model, color="#D55E00", lw=0.5)
            below.plot(x, np.where(arm.is_used, residual, np.nan), color="#0072B2", lw=0.4)
            below.set(ylim=(-12, 12), ylabel="left (%)" if column == 0 else "")
            rms = 100.0 * fit.residual_rms[arm.name]
            above.set_title(f"{name}, arm {arm.name}: {rms:.1f}%", loc="left", fontsize=8)
    for column, limits in enumerate(((4950, 5350), (6300, 6800))):
        axes[-1, column].set(xlabel="Rest wavelength in vacuum (Å)", xlim=limits)
    figure.savefig(path, dpi=_DPI)


def tell(name: str, fit: SpectrumFit) -> None:
    """The fit as a row of the document's table."""
    keys = ("teff", "logg", "feh", "vmic")
    values = " | ".join(f"{fit.labels[key]:.{0 if key == 'teff' else 2}f} ± {fit.sigma[key]:.2g}" for key in keys)
    rms = " / ".join(f"{100 * value:.1f}" for value in fit.residual_rms.values())
    velocity = f"{fit.velocity_km_s:+.1f}"
    print(f"| {name} | {values} | {velocity} | {fit.resolution:.0f} | {rms} | {'; '.join(fit.flags)} |")
    abundances = (f"{element.title()} {fit.labels[f'{element}_fe']:+.2f}" for element in ELEMENTS)
    print(f"  chi2/n {fit.chi_square / fit.n_pixels:.2f}, {', '.join(abundances)}")


def main() -> None:
    """Both figures, and the table on the screen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_args()
    emulator = load_emulator()
    print(f"{len(EMULATOR_LABELS)} labels, {emulator.card.metrics}")
    draw_errors(emulator, options.out / "mrs-emulator-errors.png")
    fits = {}
    for path in options.files:
        name = path.name.removeprefix("med-").removesuffix(".fits.gz")
        fits[name] = fit_spectrum(with_velocity(read_spectrum(path)), emulator)
        tell(name, fits[name])
    if fits:
        draw_fits(fits, options.out / "mrs-emulator-fits.png")


if __name__ == "__main__":
    main()
