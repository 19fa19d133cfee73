r"""Makes `lrs-subtype.h5`, the training set of the model `lrs-subtype`: stars from O5 to M9 with their MK subtype.

    python -m resources.make.lrs_subtype_set --stars lamost_dr10_lrs.h5 --templates stellar_templates.h5 \
        --out out/lrs-subtype.h5

Real LAMOST stars as they are and again at lower S/N, and the empirical templates (Kesseli et al. 2017) as the survey
would have recorded them. Labels: `subtype`, and `world`, the group for splits: no two worlds share a plate or template.

From A3 to G9 the survey has stars enough, and its pipeline's subtypes differ from those of the templates by up to half
a class: those templates are kept out, and metal-poor K stars with them, for one network cannot follow two scales.
`--kept-out` makes a set of them alone, to measure that difference.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from resources.make.lrs_telescope import (
    StarTemplates,
    Telescope,
    build_telescope,
    read_stars,
    spectrum_of,
    with_arm,
    world_of,
)
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Spectrum
from stellarview.domain.subtype import subtype_number
from stellarview.io.sets import write_spectrum_set

SNR = (4.0, 150.0)
VELOCITY_KM_S, VELOCITY_ERROR_KM_S = 60.0, 8.0
Labelled = tuple[Spectrum, float, int]


def is_kept_out(subclass: str, feh: float) -> bool:
    """True of templates where the survey's own stars set the scale, and of metal-poor ones, whose lines are weak."""
    number = subtype_number(subclass) or 0.0
    return 2.25 < number < 4.95 or feh < -1.2


def draw_snr(random: np.random.Generator, least: float = SNR[0], most: float = SNR[1]) -> float:
    """As many between 5 and 10 as between 50 and 100."""
    return float(np.exp(random.uniform(np.log(least), np.log(most))))


def real_stars(stars: list[Spectrum], telescope: Telescope, fainter: int, seed: int) -> Iterator[Labelled]:
    """Each star once, and `fainter` of them again with more noise."""
    random = np.random.default_rng([seed, 1])
    for star in stars:
        yield with_arm(star, star.arms[0]), _subtype(star), world_of(star.header.plan_id or "")
    for index in random.permutation(len(stars))[:fainter]:
        star, world = stars[index], world_of(stars[index].header.plan_id or "")
        arm = telescope.degrade(star.arms[0], world, draw_snr(random, most=30.0), random)
        yield with_arm(star, arm), _subtype(star), world


def template_stars(
    templates: StarTemplates, telescope: Telescope, each: int, seed: int, *, kept_out: bool = False
) -> Iterator[Labelled]:
    """Each template so many times, with other velocities, noise and responses, and velocities a little wrong."""
    random = np.random.default_rng([seed, 2])
    for index, subclass in enumerate(templates.subclass):
        if is_kept_out(subclass, float(templates.feh[index])) != kept_out:
            continue
        world, alike = templates.world(index), templates.subclass.count(subclass)
        for copy in range(max(1, round(each / np.sqrt(alike)))):
            velocity = random.normal(0.0, VELOCITY_KM_S)
            flux = templates.moved(index, velocity / SPEED_OF_LIGHT_KM_S)
            arm = telescope.observe(flux, world, draw_snr(random), random)
            told = velocity + random.normal(0.0, VELOCITY_ERROR_KM_S)
            name = f"template {index} {subclass} {templates.feh[index]:+.1f} #{copy}"
            spectrum = spectrum_of(
                *(arm, name, world), object_class="STAR", subclass=subclass, redshift=told / SPEED_OF_LIGHT_KM_S
            )
            yield spectrum, _subtype(spectrum), world


def _subtype(star: Spectrum) -> float:
    number = subtype_number(star.header.subclass or "")
    return np.nan if number is None else number


def build(stars: Path, templates: Path, fainter: int, each: int, seed: int) -> list[Labelled]:
    """All spectra of the set with their labels."""
    real, empirical = read_stars(stars), StarTemplates.read(templates)
    telescope = build_telescope(real, empirical)
    return [*real_stars(real, telescope, fainter, seed), *template_stars(empirical, telescope, each, seed)]


def build_kept_out(stars: Path, templates: Path, each: int, seed: int) -> list[Labelled]:
    """The templates that the set does not hold."""
    empirical = StarTemplates.read(templates)
    return list(template_stars(empirical, build_telescope(read_stars(stars), empirical), each, seed, kept_out=True))


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stars", type=Path, required=True, help="LAMOST LRS training set")
    parser.add_argument("--templates", type=Path, required=True, help="empirical templates of stars")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--fainter", type=int, default=1200, help="real stars to repeat with more noise")
    parser.add_argument("--each", type=int, default=30, help="copies of a template that is alone in its subclass")
    parser.add_argument("--kept-out", action="store_true", help="the templates that the training set does not hold")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    rows = (
        build_kept_out(given.stars, given.templates, given.each, given.seed)
        if given.kept_out
        else build(given.stars, given.templates, given.fainter, given.each, given.seed)
    )
    spectra, subtype, world = zip(*rows, strict=True)
    write_spectrum_set(given.out, spectra, {"subtype": subtype, "world": world})
    print(f"{given.out}: {len(rows)} spectra")


if __name__ == "__main__":
    main()
