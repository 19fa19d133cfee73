"""Attributions: shares of named lines, masked pixels, the shift to where the star was observed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from stellarview.domain.attribution import Attribution, rank_lines
from stellarview.domain.lines import Line

WAVELENGTH = 5100.0 + np.arange(100.0)
GOOD = np.ones(100, dtype=bool)


def line(name: str, wavelength: float) -> Line:
    return Line("Mg I", wavelength, name, "line", "toy")


def attribution(values_L: np.ndarray, good_L: np.ndarray = GOOD) -> Attribution:
    return Attribution("toy", "logg", "dex", values_L, 0 * values_L, WAVELENGTH, good_L)


def test_that_a_share_counts_both_signs_and_reads_as_a_sentence() -> None:
    values = np.zeros(100)
    values[[20, 22, 60]] = [2.0, -1.0, 1.0]
    first, second = rank_lines(attribution(values), [line("b", 5160.0), line("Mg b 5184", 5121.0)], 1700.0)
    assert (first.line.name, first.share, first.signed_sum, first.n_pixels) == ("Mg b 5184", 0.75, 1.0, 7)
    assert second.share == 0.25
    assert first.sentence == "Mg b 5184: 75% of the attribution to log g"


def test_that_overlapping_windows_count_no_pixel_twice() -> None:
    lines = [line("a", 5150.0), line("b", 5153.0), line("c", 5150.5)]
    shares = rank_lines(attribution(np.ones(100)), lines, 50.0)
    assert sum(one.share for one in shares) == pytest.approx(1.0)
    assert sum(one.n_pixels for one in shares) == 100
    apart = rank_lines(attribution(np.ones(100)), lines[:2], 2000.0)
    assert sorted(one.n_pixels for one in apart) == [4, 4]


def test_that_of_lines_within_one_resolution_element_the_expected_one_is_named() -> None:
    values = np.zeros(100)
    values[[85, 86]] = 1.0
    mgb, titanium, helium = (
        Line("Mg I", 5185.05, "Mg b1", "line", "toy"),
        Line("Ti II", 5186.0, "Ti II 5186", "line", "toy"),
        Line("He I", 5185.5, "He I 5185", "line", "toy"),
    )
    (cool,) = rank_lines(attribution(values), [titanium, helium, mgb], 1800.0, 5000.0)
    assert (cool.name, cool.share) == ("Mg b1", 1.0)
    (hot,) = rank_lines(attribution(values), [titanium, helium, mgb], 1800.0, 20000.0)
    assert hot.name == "He I 5185"


def test_that_two_lines_of_one_rank_within_a_resolution_element_are_named_together() -> None:
    values = np.zeros(100)
    values[70] = 1.0
    iron, calcium = Line("Fe I", 5170.0, "Fe I 5170", "line", "toy"), Line("Ca I", 5171.5, "Ca I 5171", "line", "toy")
    (blend,) = rank_lines(attribution(values), [calcium, iron], 1800.0)
    assert blend.name == "Fe I 5170 + Ca I 5171"
    assert {one.name for one in rank_lines(attribution(np.ones(100)), [calcium, iron], 7500.0)} == {
        "Fe I 5170",
        "Ca I 5171",
    }


def test_that_the_g_band_is_counted_as_a_whole() -> None:
    band = Line("CH", 5160.0, "CH G band", "band", "toy")
    (share,) = rank_lines(attribution(np.ones(100)), [band], 4000.0)
    assert share.n_pixels == 25  # 22 A to the blue, and a resolution element at either end


def test_that_the_members_scatter_is_that_of_their_sums() -> None:
    members = np.zeros((2, 100))
    members[0, [50, 51]] = [3.0, 1.0]
    members[1, [50, 51]] = [1.0, 3.0]
    agreed = replace(attribution(members.mean(axis=0)), members_ML=members)
    assert rank_lines(agreed, [line("a", 5150.5)], 2500.0)[0].scatter == 0.0
    assert rank_lines(attribution(members.mean(axis=0)), [line("a", 5150.5)], 2500.0)[0].scatter is None


def test_that_masked_pixels_have_no_share_and_a_masked_line_no_rank() -> None:
    good = GOOD.copy()
    good[15:30] = False
    shares = rank_lines(attribution(np.ones(100), good), [line("masked", 5122.0), line("seen", 5160.0)], 2500.0)
    assert [one.line.name for one in shares] == ["seen"]
    assert shares[0].share == pytest.approx(5 / 85)


def test_that_nothing_is_ranked_where_nothing_was_attributed() -> None:
    assert rank_lines(attribution(np.zeros(100)), [line("a", 5150.0)], 2500.0) == []
    assert rank_lines(attribution(np.ones(100)), [], 2500.0) == []


def test_that_lines_are_looked_for_in_the_medium_of_the_wavelengths() -> None:
    values = np.zeros(100)
    values[50] = 1.0  # 5150 A in air is 5151.43 A in vacuum
    in_air = replace(attribution(values), medium="air")
    assert rank_lines(in_air, [line("a", 5151.43)], 10000.0)[0].share == 1.0


def test_that_wavelengths_move_with_the_star_once() -> None:
    moved = attribution(np.ones(100)).at_observed(299.792458)
    assert moved.wavelength_angstrom_L == pytest.approx(WAVELENGTH * 1.001)
    with pytest.raises(ValueError, match="observed"):
        moved.at_observed(1.0)
    with pytest.raises(ValueError, match="rest"):
        rank_lines(moved, [line("a", 5150.0)], 2500.0)


@pytest.mark.parametrize(
    "broken", [{"values_L": np.ones(9)}, {"scatter_L": np.full(100, np.nan)}, {"members_ML": np.ones((2, 9))}]
)
def test_that_broken_attributions_are_refused(broken: dict[str, np.ndarray]) -> None:
    with pytest.raises(ValueError, match="attribution"):
        replace(attribution(np.ones(100)), **broken)


def noise(seed: int = 1) -> np.ndarray:
    """What a network says that looks at nothing in particular: smooth over a few pixels, alike everywhere."""
    return np.convolve(np.random.default_rng(seed).normal(size=2000), np.ones(5) / 5, "same")


def long(values_L: np.ndarray, scatter_L: np.ndarray | float = 0.0) -> Attribution:
    x = 5000.0 + 0.1 * np.arange(values_L.size)
    return Attribution("toy", "teff", "K", values_L, scatter_L + 0 * values_L, x, np.ones(x.size, dtype=bool))


def many_lines() -> list[Line]:
    return [line(f"line {k}", 5000.75 + 2.0 * k) for k in range(99)]


@pytest.mark.parametrize("seed", range(5))
def test_that_hardly_a_line_stands_out_of_noise_though_one_must_be_the_first(seed: int) -> None:
    shares = rank_lines(long(noise(seed)), many_lines(), 7500.0)
    assert sum(one.stands_out for one in shares) <= 3
    assert not any(one.stands_out for one in rank_lines(long(np.ones(2000)), many_lines(), 7500.0))


def test_that_a_line_that_the_network_looks_at_stands_out_and_says_so() -> None:
    values = noise()
    values[1005:1013] += 5.0
    first, *others = rank_lines(long(values), many_lines(), 7500.0)
    assert (first.name, first.stands_out, first.beaten_by) == ("line 50", True, 0.0)
    assert first.times_usual > 5.0
    assert "stand out" not in first.sentence
    assert others[-1].sentence.endswith("of the attribution to Teff, does not stand out")


def test_that_a_line_on_which_members_do_not_agree_does_not_stand_out() -> None:
    values = noise()
    values[1005:1013] += 5.0
    assert not rank_lines(long(values, scatter_L=8.0), many_lines(), 7500.0)[0].stands_out


def test_that_a_weak_line_at_the_peak_of_a_wing_is_named_with_the_line_whose_wing_it_is() -> None:
    mgb, titanium = (
        Line("Mg I", 5085.05, "Mg b1", "line", "toy"),
        Line("Ti II", 5087.3, "Ti II 5086", "line", "toy"),
    )
    wing, core = np.zeros(2000), np.zeros(2000)
    wing[870:877], core[848:854] = 1.0, 1.0
    assert [one.name for one in rank_lines(long(wing), [mgb, titanium], 7500.0, 4700.0)] == ["Mg b1 + Ti II 5086"]
    assert rank_lines(long(core), [mgb, titanium], 7500.0, 4700.0)[0].name == "Mg b1"
    assert rank_lines(long(wing), [mgb, titanium], 7500.0, 9000.0)[0].name == "Ti II 5086"
