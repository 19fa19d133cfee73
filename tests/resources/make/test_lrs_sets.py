"""The training sets of lrs-class and lrs-subtype: what is promised of noise, redshifts, splits and repeatability."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from lrs_sources import SUBCLASSES, write_objects, write_stars, write_templates

from resources.make import galaxies_and_quasars as sky
from resources.make import lrs_class_set, lrs_subtype_set
from resources.make.lrs_telescope import (
    PIXELS,
    WAVELENGTH,
    WORLDS,
    StarTemplates,
    Telescope,
    best_snr,
    build_telescope,
    read_stars,
    world_of,
)
from stellarview.domain.spectrum import Spectrum


@dataclass(frozen=True)
class Sources:
    """Where the stand-ins lie, and what is made of them."""

    stars: Path
    templates: Path
    objects: Path
    telescope: Telescope

    @property
    def paths(self) -> tuple[Path, Path, Path]:
        """As the class set wants them."""
        return self.stars, self.templates, self.objects


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Sources:
    folder = tmp_path_factory.mktemp("sources")
    stars, templates = write_stars(folder / "stars.h5"), write_templates(folder / "templates.h5")
    telescope = build_telescope(read_stars(stars), StarTemplates.read(templates))
    return Sources(stars, templates, write_objects(folder / "objects.h5"), telescope)


@pytest.fixture(scope="module")
def class_rows(sources: Sources) -> list[tuple[Spectrum, int]]:
    return lrs_class_set.build(sources.paths, real=30, copies=2, seed=1)


@pytest.mark.parametrize("snr", [3.0, 30.0])
def test_that_the_telescope_gives_the_signal_that_is_asked_for(sources: Sources, snr: float) -> None:
    arm = sources.telescope.observe(np.full(PIXELS, 7.0), 3, snr, np.random.default_rng(0))
    assert best_snr(arm.flux, arm.sigma) == pytest.approx(snr, rel=0.1)
    scatter = np.std((arm.flux - np.median(arm.flux))[arm.is_good] / arm.sigma[arm.is_good])
    assert 0.3 < scatter < 1.6  # residuals of forty components' fit to sixty spectra are a little small
    assert not arm.is_good[900:902].any()


def test_that_more_noise_is_never_less_noise(sources: Sources) -> None:
    star = read_stars(sources.stars)[0].arms[0]
    random = np.random.default_rng(0)
    fainter = sources.telescope.degrade(star, 0, 8.0, random)
    assert best_snr(fainter.flux, fainter.sigma) == pytest.approx(8.0, rel=0.15)
    assert sources.telescope.degrade(star, 0, 500.0, random) is star


def test_that_a_star_keeps_its_lines_and_its_noise_does_not(sources: Sources) -> None:
    """A donor that lent its own lines would put the Sodium of a star at rest into every galaxy."""
    pulls = np.array([donor.pull for donors in sources.telescope.donors.values() for donor in donors])
    in_line = np.abs(WAVELENGTH - 5893.0) < 4.0
    assert np.abs(pulls[:, in_line].mean()) < 0.5


def test_that_every_world_has_donors_and_a_world_is_a_plate_s_own(sources: Sources) -> None:
    assert {world for world, donors in sources.telescope.donors.items() if donors} == set(range(WORLDS))
    assert world_of("HD103621N361936B01") == world_of("HD103621N361936B01")


@pytest.mark.parametrize("span", [lrs_class_set.GALAXY_REDSHIFTS, lrs_class_set.QUASAR_REDSHIFTS])
def test_that_no_two_worlds_share_a_redshift(span: tuple[float, float, float]) -> None:
    random = np.random.default_rng(2)
    cells = [
        {int(lrs_class_set.draw_redshift(world, span, random) / span[2]) for _ in range(40)} for world in range(WORLDS)
    ]
    assert sum(len(own) for own in cells) == len(set().union(*cells))
    assert len(set().union(*cells)) == round(span[1] / span[2]) - int(span[0] / span[2])


def test_that_neighbours_in_type_belong_to_different_worlds(sources: Sources) -> None:
    templates = StarTemplates.read(sources.templates)
    assert tuple(templates.subclass) == SUBCLASSES  # the L dwarf is gone
    assert len({templates.world(index) for index in range(len(SUBCLASSES))}) == len(SUBCLASSES)


def test_that_emission_lines_stand_where_the_redshift_puts_them(sources: Sources) -> None:
    templates = sky.Templates.read(sources.objects)
    for index, redshift in ((0, 0.2), (1, 0.4)):  # one template in air, one in vacuum
        weights = np.eye(len(templates.names))[index]
        flux = sky.galaxy(templates, weights, redshift, np.random.default_rng(0))
        near = np.abs(WAVELENGTH - 5008.24 * (1 + redshift)) < 60
        peak = WAVELENGTH[near][np.argmax((flux / np.median(flux[near]))[near])]
        assert peak == pytest.approx(5008.24 * (1 + redshift), abs=2.0)


def test_that_gas_absorbs_only_beyond_lyman_alpha() -> None:
    transmission = sky.forest(2.8, np.random.default_rng(0))
    beyond = sky.REST < sky.LYMAN_ALPHA_ANGSTROM
    assert (transmission[~beyond] == 1).all()
    assert ((transmission[beyond] > 0) & (transmission[beyond] < 1)).all()
    assert 0.5 < transmission[beyond].mean() < 0.9


def test_that_classes_are_equally_many_and_one_template_is_kept_out(class_rows: list[tuple[Spectrum, int]]) -> None:
    kinds = [spectrum.header.object_class for spectrum, _ in class_rows]
    assert kinds.count("STAR") == kinds.count("GALAXY") == kinds.count("QSO") == 30 + 2 * (3 + 2 * 4)
    assert not any(lrs_class_set.KEPT_OUT in spectrum.source.file_name for spectrum, _ in class_rows)


def test_that_a_set_of_the_kept_out_template_holds_nothing_else(sources: Sources) -> None:
    rows = lrs_class_set.build_only(sources.paths, lrs_class_set.KEPT_OUT, 20, seed=1)
    assert all(lrs_class_set.KEPT_OUT in spectrum.source.file_name for spectrum, _ in rows)


def test_that_spectra_tell_the_signal_that_they_have(class_rows: list[tuple[Spectrum, int]]) -> None:
    for spectrum, _ in class_rows:
        told = max(spectrum.header.snr.known().values())
        assert told == pytest.approx(best_snr(spectrum.arms[0].flux, spectrum.arms[0].sigma), rel=1e-6)


def test_that_the_same_seed_makes_the_same_set(sources: Sources, class_rows: list[tuple[Spectrum, int]]) -> None:
    again = lrs_class_set.build(sources.paths, real=30, copies=2, seed=1)
    other = lrs_class_set.build(sources.paths, real=30, copies=2, seed=2)
    for (one, _), (same, _), (differs, _) in zip(class_rows[52::7], again[52::7], other[52::7], strict=True):
        np.testing.assert_array_equal(one.arms[0].flux, same.arms[0].flux)
        assert not np.array_equal(one.arms[0].flux, differs.arms[0].flux)


def test_that_subtypes_are_numbers_and_the_scale_is_the_survey_s(sources: Sources) -> None:
    rows = lrs_subtype_set.build(sources.stars, sources.templates, fainter=10, each=4, seed=1)
    assert {number for _, number, _ in rows} == {2.0, 3.5, 4.2, 5.5, 6.2}
    made = [spectrum for spectrum, _, _ in rows if spectrum.source.layout == "synthetic"]
    assert [spectrum.header.subclass for spectrum in made] == 4 * ["A0"] + 4 * ["K5"] + 4 * ["M2"]
    assert 0 < max(abs(spectrum.header.redshift) for spectrum in made) < 1e-3


def test_that_templates_kept_out_are_a_set_of_their_own(sources: Sources) -> None:
    rows = lrs_subtype_set.build_kept_out(sources.stars, sources.templates, each=2, seed=1)
    assert [spectrum.header.subclass for spectrum, _, _ in rows] == 2 * ["F5"] + 2 * ["G2"]


@pytest.mark.parametrize(
    ("subclass", "feh", "is_kept_out"),
    [("A2", np.nan, False), ("A3", 0.0, True), ("G9", 0.5, True), ("K0", 0.0, False), ("K0", -1.5, True)],
)
def test_that_templates_are_chosen_by_type_and_metals(subclass: str, feh: float, is_kept_out: bool) -> None:
    assert lrs_subtype_set.is_kept_out(subclass, feh) is is_kept_out


def test_that_sets_can_be_made_of_the_survey_s_own_files(shared_data: Path) -> None:
    folder = shared_data / "train"
    paths = (
        *(folder / "lamost_dr10_lrs.h5", folder / "stellar_templates.h5"),
        folder / "galaxy_qso_templates.h5",
    )
    rows = lrs_class_set.build_only(paths, "Early_Type_Absorption_Galaxy", 40, seed=3)
    assert {world for _, world in rows} == set(range(WORLDS))
    assert all(np.isfinite(spectrum.arms[0].flux).all() for spectrum, _ in rows)
