"""What a spectroscopist expects in stars of each temperature."""

from __future__ import annotations

import pytest

from stellarview.domain.lines import Line
from stellarview.domain.plausible_lines import (
    hydrogen_angstrom,
    is_plausible,
    prominence,
    reach_angstrom,
    rough_teff_k,
)

H_BETA, G_BAND = Line("H I", 4862.69, "H-beta", "line", "t"), Line("CH", 4315.41, "CH G band", "band", "t")


def line(species: str, name: str, wavelength: float = 5200.0) -> Line:
    return Line(species, wavelength, name, "line", "t")


@pytest.mark.parametrize(
    ("kind", "low_k", "high_k"),
    [
        *(("G2", 5700, 5850), ("A0", 9600, 9800), ("F0V", 7100, 7300), ("dM4", 2900, 3500), ("K7", 4000, 4500)),
        *(("A", 8000, 8800), ("O", 36000, 40000), ("A0-A2", 9600, 9800), ("F metal-poor", 6400, 6700)),
        *(("giant 4000 K", 4000, 4000), ("sdB", 20000, 40000), ("WDMagnetic", 10000, 20000)),
    ],
)
def test_that_a_subclass_or_a_template_tells_a_temperature(kind: str, low_k: float, high_k: float) -> None:
    teff_k = rough_teff_k(kind)
    assert teff_k is not None
    assert low_k <= teff_k <= high_k


@pytest.mark.parametrize("kind", ["", "Unknown", "Galaxy", "QSO", "EM", "DoubleStar"])
def test_that_other_words_tell_no_temperature(kind: str) -> None:
    assert rough_teff_k(kind) is None


@pytest.mark.parametrize(
    ("species", "name", "coolest_k", "hottest_k"),
    [
        *(("He I", "He I 4471", 12000, 30000), ("He II", "He II 4686", 30000, 40000)),
        *(("TiO", "TiO 5167", 3000, 4500), ("MgH", "MgH 5211", 3500, 5200), ("CH", "CH G band", 4000, 6500)),
        *(
            ("Fe I", "Fe I 5270", 3500, 9000),
            ("Ba II", "Ba II 4934", 4000, 7500),
            ("H I", "H-beta", 3500, 30000),
            ("H I", "H-9", 8000, 30000),
        ),
    ],
)
def test_that_a_species_is_expected_between_its_temperatures_and_not_beyond(
    species: str, name: str, coolest_k: float, hottest_k: float
) -> None:
    one = line(species, name)
    assert is_plausible(one, coolest_k)
    assert is_plausible(one, hottest_k)
    if coolest_k > 5000:
        assert not is_plausible(one, coolest_k / 2)
        assert not is_plausible(one, None)
    if hottest_k < 7000:
        assert not is_plausible(one, hottest_k * 1.2)


def test_that_hydrogen_swallows_the_metals_beside_it_in_hot_stars_alone() -> None:
    iron, balmer = line("Fe II", "Fe II 4855", 4856.0), hydrogen_angstrom([H_BETA, G_BAND])
    assert balmer == (4862.69,)
    assert not is_plausible(iron, 9000.0, balmer)
    assert is_plausible(iron, 6000.0, balmer)
    assert is_plausible(H_BETA, 9000.0, balmer)


@pytest.mark.parametrize(
    ("first", "second", "teff_k"),
    [
        (line("Mg I", "Mg b1"), line("Ti II", "Ti II 5186"), 5800.0),
        (line("Fe I", "Fe I 4920"), line("La II", "La II 4921"), 4500.0),
        (line("Fe I", "Fe I 5233"), line("Fe II", "Fe II 5234"), 4500.0),
        (line("Fe II", "Fe II 5234"), line("Fe I", "Fe I 5233"), 9000.0),
        (line("Ca II", "Ca II 8542"), line("H I", "Pa-15"), 4000.0),
    ],
)
def test_that_of_two_the_better_known_is_more_prominent(first: Line, second: Line, teff_k: float) -> None:
    assert prominence(first, teff_k) > prominence(second, teff_k)


def test_that_the_g_band_and_hot_hydrogen_reach_beyond_their_centre() -> None:
    assert reach_angstrom(G_BAND, 5000.0)[0] > 15.0
    assert reach_angstrom(G_BAND, 5000.0)[1] == 0.0
    assert reach_angstrom(H_BETA, 9000.0)[0] > reach_angstrom(H_BETA, 6000.0)[0] > 0.0
    assert reach_angstrom(H_BETA, 4500.0) == (0.0, 0.0)
    assert reach_angstrom(H_BETA, None) == (0.0, 0.0)


def test_that_traces_need_the_resolution_to_be_seen() -> None:
    europium, barium = line("Eu II", "Eu II 4129"), line("Ba II", "Ba II 4554")
    assert is_plausible(europium, 5000.0, (), 7500.0)
    assert not is_plausible(europium, 5000.0, (), 1800.0)
    assert is_plausible(barium, 5000.0, (), 1800.0)


def test_that_wings_are_wide_where_they_tell_the_temperature_or_magnesium() -> None:
    h_alpha, mg_b1 = line("H I", "H-alpha", 6564.61), line("Mg I", "Mg b1", 5185.05)
    assert reach_angstrom(h_alpha, 5800.0) > reach_angstrom(H_BETA, 5800.0)
    assert reach_angstrom(h_alpha, 4700.0) == (0.0, 0.0)
    assert reach_angstrom(mg_b1, 4700.0) > (0.0, 0.0)
    assert reach_angstrom(mg_b1, 9000.0) == reach_angstrom(mg_b1, None) == (0.0, 0.0)


@pytest.mark.parametrize("name", ["Ba II 4934", "Mn I 6013", "Na I 4978", "Ni I 6176", "Ti I 5193"])
def test_that_a_star_of_type_a0_shows_no_lines_that_only_cooler_ones_have(name: str) -> None:
    assert not is_plausible(line(name.rpartition(" ")[0], name, 6000.0), 9900.0)
    assert is_plausible(line("Na I", "Na D2", 5891.6), 9900.0)  # between the stars, if not of this one
