r"""Makes `lrs-class.h5`, the training set of the model `lrs-class`: as many galaxies and as many quasars as stars.

    python -m resources.make.lrs_class_set --stars lamost_dr10_lrs.h5 --templates stellar_templates.h5 \
        --galaxies galaxy_qso_templates.h5 --out out/lrs-class.h5

Stars: real LAMOST stars, half of them at lower S/N, and the empirical templates from O5 to M9. Galaxies (redshift 0.005
to 0.6) and quasars (0.05 to 3) are synthesised, then observed with what real spectra lend. Worlds share no plate, no
stellar template and no redshift: the label `world` is the group for splits. One galaxy template is kept out; with
`--only` a set of that template alone is made, to see what the networks say of a galaxy that they have not met.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from resources.make import galaxies_and_quasars as sky
from resources.make.lrs_subtype_set import draw_snr
from resources.make.lrs_telescope import (
    WORLDS,
    StarTemplates,
    Telescope,
    build_telescope,
    read_stars,
    spectrum_of,
    with_arm,
    world_of,
)
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Spectrum
from stellarview.io.sets import write_spectrum_set

KEPT_OUT = "Transitional_Galaxy"
LEAST_SNR, MOST_SNR, MOST_SNR_OF_FAINTER = 3.0, 80.0, 30.0
# Least and most redshift, and the width of the cells that are dealt out to worlds.
GALAXY_REDSHIFTS, QUASAR_REDSHIFTS = (0.005, 0.6, 0.01), (0.05, 3.0, 0.05)
# Most galaxies that LAMOST sees are near, and the nearest look most like stars. Each world has one of these cells.
NEAR_SHARE, NEAR_REDSHIFTS = 0.4, (0.01, 0.21, 0.01)
VELOCITY_KM_S = 80.0
# The real stars are A to G. What looks most like a red galaxy or a blue quasar is of other types.
RARE_TYPES, RARE_FACTOR = "OBKM", 4
InWorld = tuple[Spectrum, int]


def draw_redshift(world: int, span: tuple[float, float, float], random: np.random.Generator) -> float:
    """A redshift from the cells that belong to this world alone."""
    least, most, width = span
    cells = [cell for cell in range(int(least / width), round(most / width)) if 7 * cell % WORLDS == world]
    low = width * cells[random.integers(len(cells))]
    return float(random.uniform(max(low, least), low + width))


def real_stars(stars: list[Spectrum], telescope: Telescope, count: int, seed: int) -> Iterator[InWorld]:
    """So many real stars, every second one fainter than it was."""
    random = np.random.default_rng([seed, 1])
    for place, index in enumerate(random.permutation(len(stars))[:count]):
        star, world = stars[index], world_of(stars[index].header.plan_id or "")
        snr = draw_snr(random, LEAST_SNR, MOST_SNR_OF_FAINTER) if place % 2 else np.inf
        yield with_arm(star, telescope.degrade(star.arms[0], world, snr, random)), world


def template_stars(templates: StarTemplates, telescope: Telescope, copies: int, seed: int) -> Iterator[InWorld]:
    """The empirical templates as the survey would have recorded them."""
    random = np.random.default_rng([seed, 2])
    rare = [copies * (RARE_FACTOR if name[0] in RARE_TYPES else 1) for name in templates.subclass]
    for index, copy in ((index, copy) for index, count in enumerate(rare) for copy in range(count)):
        world, redshift = templates.world(index), random.normal(0.0, VELOCITY_KM_S) / SPEED_OF_LIGHT_KM_S
        arm = telescope.observe(templates.moved(index, redshift), world, draw_snr(random, LEAST_SNR, MOST_SNR), random)
        facts = {"object_class": "STAR", "subclass": templates.subclass[index], "redshift": redshift}
        yield spectrum_of(arm, f"template {index} {facts['subclass']} #{copy}", world, **facts), world


def galaxies(
    templates: sky.Templates, telescope: Telescope, count: int, seed: int, only: str = ""
) -> Iterator[InWorld]:
    """Mixtures of all templates but the one that is kept out, or of one alone."""
    random, names = np.random.default_rng([seed, 3]), templates.names
    allowed = [i for i, name in enumerate(names) if name == only or (not only and name != KEPT_OUT)]
    for number in range(count):
        world = number % WORLDS
        span = NEAR_REDSHIFTS if random.uniform() < NEAR_SHARE else GALAXY_REDSHIFTS
        redshift = draw_redshift(world, span, random)
        weights = sky.galaxy_weights(names, allowed, random)
        flux = sky.galaxy(templates, weights, redshift, random)
        arm = telescope.observe(flux, world, draw_snr(random, LEAST_SNR, MOST_SNR), random)
        name = f"galaxy {number} {names[int(weights.argmax())]} z={redshift:.4f}"
        yield spectrum_of(arm, name, world, object_class="GALAXY", redshift=redshift), world


def quasars(templates: sky.Templates, telescope: Telescope, count: int, seed: int) -> Iterator[InWorld]:
    """The quasar template in many variations."""
    random = np.random.default_rng([seed, 4])
    for number in range(count):
        world = number % WORLDS
        redshift = draw_redshift(world, QUASAR_REDSHIFTS, random)
        flux = sky.quasar(templates, redshift, random)
        arm = telescope.observe(flux, world, draw_snr(random, LEAST_SNR, MOST_SNR), random)
        yield spectrum_of(arm, f"quasar {number} z={redshift:.4f}", world, object_class="QSO", redshift=redshift), world


def build(paths: tuple[Path, Path, Path], real: int, copies: int, seed: int) -> list[InWorld]:
    """All spectra of the set: `paths` are those of stars, stellar templates, galaxies; classes are equally many."""
    stars, templates, objects = read_stars(paths[0]), StarTemplates.read(paths[1]), sky.Templates.read(paths[2])
    telescope = build_telescope(stars, templates)
    rows = [*real_stars(stars, telescope, real, seed), *template_stars(templates, telescope, copies, seed)]
    count = len(rows)
    return [*rows, *galaxies(objects, telescope, count, seed), *quasars(objects, telescope, count, seed)]


def build_only(paths: tuple[Path, Path, Path], only: str, count: int, seed: int) -> list[InWorld]:
    """Galaxies of one template alone."""
    telescope = build_telescope(read_stars(paths[0]), StarTemplates.read(paths[1]))
    return list(galaxies(sky.Templates.read(paths[2]), telescope, count, seed, only))


def main() -> None:
    """Make the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stars", type=Path, required=True, help="LAMOST LRS training set")
    parser.add_argument("--templates", type=Path, required=True, help="empirical templates of stars")
    parser.add_argument("--galaxies", type=Path, required=True, help="templates of galaxies and the quasar")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--real", type=int, default=2200, help="real stars")
    parser.add_argument(
        "--copies",
        type=int,
        default=4,
        help="observations of each A, F or G template; four times as many of the others",
    )
    parser.add_argument("--only", default="", metavar="NAME", help=f"this galaxy template alone, e.g. {KEPT_OUT}")
    parser.add_argument("--count", type=int, default=400, help="with --only: spectra")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    given.out.parent.mkdir(parents=True, exist_ok=True)
    paths = given.stars, given.templates, given.galaxies
    rows = (
        build_only(paths, given.only, given.count, given.seed)
        if given.only
        else build(paths, given.real, given.copies, given.seed)
    )
    spectra, world = zip(*rows, strict=True)
    write_spectrum_set(given.out, spectra, {"world": world})
    print(f"{given.out}: {len(rows)} spectra")


if __name__ == "__main__":
    main()
