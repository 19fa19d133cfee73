"""How right our radial velocities are, and how honest their errors: the tables of docs/radial-velocities.md.

    python tests/bench/velocities.py --synthetic mrs_synthetic.h5 --lrs FOLDER --set lamost_dr10_lrs.h5

MRS: synthetic spectra with known velocities and noise. `--held-out` makes templates from every second spectrum and
judges them on the others. LRS: real spectra against the header's Z, whose own errors are in the scatter.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2] / "resources" / "make")]
import make_rv_templates as maker
from synthetic_mrs import degraded

from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, RadialVelocity
from stellarview.domain.stack import Stack, stack_spectra
from stellarview.domain.velocity_templates import TemplateArm, VelocityTemplates
from stellarview.io.sets import open_spectrum_set
from stellarview.io.spectra import read_spectrum
from stellarview.io.velocity_templates import velocity_templates
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.radial_velocity import measure_velocity


def robust_scatter(values: np.ndarray) -> float:
    """Standard deviation of the core of a distribution."""
    return float(1.4826 * np.median(np.abs(values - np.median(values))))


def held_out_templates(path: Path) -> VelocityTemplates:
    """The synthetic MRS templates made from the even rows alone."""
    everything = maker.read_synthetic(path)
    half = maker.Synthetic(
        everything.teff[::2],
        everything.logg[::2],
        everything.feh[::2],
        {arm: (wave, flux[::2]) for arm, (wave, flux) in everything.arms.items()},
    )
    arms = {}
    for arm in half.arms:
        rows = []
        for _, teff, logg, feh in maker.MRS_GROUPS:
            start, flux = maker.on_log_grid(*half.mean(teff, logg, feh)[arm], maker.MRS_STEP, 7500.0)
            rows.append(flux)
        arms[arm] = TemplateArm(start, maker.MRS_STEP, np.array(rows))
    return VelocityTemplates("MRS", tuple(group[0] for group in maker.MRS_GROUPS), arms)


def mrs_table(path: Path, templates: VelocityTemplates, rows: slice) -> None:
    """Bias, scatter, stated error and pull width by S/N."""
    print(
        "| S/N | bias (km/s) | scatter (km/s) | stated error (km/s) | pull width | beyond 5 km/s | of these doubted |"
    )
    print("|---|---|---|---|---|---|---|")
    for snr in (5, 10, 20, 50, 100):
        stack = degraded(path, snr, 400, seed=1, rows=rows)
        fit = measure_velocity(stack, templates)
        error = fit.value_km_s_B - stack.velocity_km_s_B
        wrong = np.abs(error) > 5
        doubted = wrong & (fit.quality_B < RadialVelocity.RELIABLE_QUALITY)
        print(
            f"| {snr} | {np.median(error):+.3f} | {robust_scatter(error):.3f} | {np.median(fit.sigma_km_s_B):.3f} "
            f"| {robust_scatter(error / fit.sigma_km_s_B):.2f} | {wrong.sum()} of {wrong.size} | {doubted.sum()} |"
        )


def lrs_row(name: str, difference: np.ndarray, sigma: np.ndarray) -> None:
    """One line of the LRS table."""
    print(
        f"| {name} | {difference.size} | {np.median(difference):+.2f} | {robust_scatter(difference):.2f} "
        f"| {np.median(sigma):.2f} | {np.mean(np.abs(difference - np.median(difference)) > 30):.1%} |"
    )


def lrs_table(folder: Path, set_path: Path) -> None:
    """Ours minus the header's, at S/N (g) above 20, by temperature."""
    print("| sample | stars | median (km/s) | robust scatter (km/s) | stated error (km/s) | beyond 30 km/s |")
    print("|---|---|---|---|---|---|")
    spectra = [read_spectrum(path) for path in sorted(folder.glob("*.fits.gz"))]
    snr = np.array([spectrum.header.snr.g or 0.0 for spectrum in spectra])
    header = np.array([(spectrum.header.redshift or np.nan) * SPEED_OF_LIGHT_KM_S for spectrum in spectra])
    fit = measure_velocity(MaskBadPixels().apply(stack_spectra(spectra)), velocity_templates("LRS"))
    lrs_row("files", (fit.value_km_s_B - header)[snr > 20], fit.sigma_km_s_B[snr > 20])
    values, sigmas = [], []
    with open_spectrum_set(set_path) as spectrum_set:
        teff, snr = spectrum_set.labels["teff"], spectrum_set.header_column("snr_g")
        header = spectrum_set.header_column("redshift") * SPEED_OF_LIGHT_KM_S
        for stack in spectrum_set.stacks(64):
            result = measure_velocity(_masked(stack), velocity_templates("LRS"))
            values.append(result.value_km_s_B)
            sigmas.append(result.sigma_km_s_B)
    difference, sigma = np.concatenate(values) - header, np.concatenate(sigmas)
    for low, high in (
        (3500, 4700),
        (4700, 5300),
        (5300, 5800),
        (5800, 6400),
        (6400, 7000),
        (7000, 8500),
        (8500, 13000),
    ):
        chosen = (snr > 20) & (teff >= low) & (teff < high)
        lrs_row(f"set, {low}-{high} K", difference[chosen], sigma[chosen])


def _masked(stack: Stack) -> Stack:
    return MaskBadPixels().apply(stack)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--synthetic", type=Path, required=True)
    parser.add_argument("--lrs", type=Path, required=True)
    parser.add_argument("--set", type=Path, required=True)
    parser.add_argument("--held-out", action="store_true")
    options = parser.parse_args()
    if options.held_out:
        mrs_table(options.synthetic, held_out_templates(options.synthetic), slice(1, None, 2))
    else:
        mrs_table(options.synthetic, velocity_templates("MRS"), slice(None))
    lrs_table(options.lrs, options.set)


if __name__ == "__main__":
    main()
