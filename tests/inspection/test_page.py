"""The sheet of one star, in words and on paper."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import ClassPrediction, Novelty
from stellarview.domain.spectrum import RadialVelocity, Spectrum
from stellarview.inference.ensemble import Ensemble
from stellarview.inspection.page import build_page
from stellarview.inspection.star import inspect_star
from stellarview.scene.marks import ColouredCurveMark
from stellarview.scene.page import Page, save_page

Loader = Callable[[str], Ensemble]


@pytest.fixture(scope="module")
def seen(star: Spectrum, toys: dict[str, str], load: Loader) -> Inspection:
    return inspect_star(star, load, chosen=toys, label="teff")


@pytest.fixture(scope="module")
def page(seen: Inspection) -> Page:
    return build_page(seen, "made by tests")


def first_cells(page: Page) -> dict[str, tuple[str, ...]]:
    return {row.cells[0]: row.cells[1:] for row in page.table.rows}


def test_that_every_label_is_in_the_table_with_both_parts_of_its_sigma(page: Page, seen: Inspection) -> None:
    told = seen.telling("teff")
    assert told is not None
    teff = told.labels["teff"]
    value, noise, members, _ = first_cells(page)["Teff (K)"]
    assert float(value) == pytest.approx(teff.mean, abs=0.6)
    assert (float(noise), float(members)) == pytest.approx((teff.aleatoric, teff.epistemic), abs=0.6)
    assert {"log g (dex)", "[Fe/H] (dex)", "MK (± subtypes)", "STAR (%)", "lines for Teff"} <= set(first_cells(page))
    assert len({len(row.cells) for row in page.table.rows}) == 1
    assert len(page.table.ends) == len(page.table.rows[0].cells) - 1


def test_that_the_spectrum_is_coloured_and_the_three_labels_and_the_age_have_pdfs(page: Page) -> None:
    assert any(isinstance(mark, ColouredCurveMark) for panel in page.spectrum.panels for mark in panel.marks)
    assert [scene.title.split()[0] for scene in page.pdfs[:3]] == ["Teff", "log", "[Fe/H]"]
    assert page.diagram is not None
    assert page.diagram.panels[0].y_label == "log g (cm/s²)"


@pytest.mark.parametrize("ending", ["pdf", "svg", "png"])
def test_that_the_sheet_is_drawn_with_its_words_as_text(page: Page, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"star.{ending}"
    save_page(page, path, dpi=60)
    assert b"made by tests" in path.read_bytes()
    if ending == "svg":
        text = path.read_text(encoding="utf-8")
        assert all(words in text for words in (">synthetic G2 dwarf<", ">Teff (K)<", "± members", "Rest wavelength"))


def test_that_bounds_and_ratios_to_iron_have_columns_where_they_are_told(
    example_mrs: Path, toys: dict[str, str], load: Loader, tmp_path: Path
) -> None:
    from stellarview.workflow import open_spectrum

    giant = build_page(inspect_star(open_spectrum(example_mrs), load, chosen=toys, label="mgh"), "")
    cells = first_cells(giant)
    assert cells[""][3:5] == ("bound", "[X/Fe] (dex)")
    assert cells["[K/H] (dex)"][3] == "∞"
    assert cells["[K/H] (dex)"][-1] == "prior"
    assert "±" in cells["[Mg/H] (dex)"][4]
    assert [row.cells[0] for row in giant.table.rows if row.is_doubtful][:1] == ["[K/H] (dex)"]
    save_page(giant, tmp_path / "giant.png", dpi=60)


def test_that_a_sheet_without_answers_still_shows_the_spectrum(star: Spectrum, tmp_path: Path) -> None:
    bare = build_page(Inspection(star), "")
    assert (bare.pdfs, bare.diagram) == ((), None)
    assert bare.spectrum.panels
    save_page(bare, tmp_path / "bare.png", dpi=60)


def test_that_what_makes_everything_doubtful_stands_at_the_top(seen: Inspection) -> None:
    galaxy = replace(
        next(one for one in seen.predictions.values() if one.classes),
        classes=(ClassPrediction("STAR", 0.1, 0.05), ClassPrediction("GALAXY", 0.9, 0.05)),
    )
    labels = next(one for one in seen.predictions.values() if "teff" in one.labels)
    strange = replace(labels, novelty=Novelty(9.0, 100.0))
    noise = seen.spectrum.with_velocity(RadialVelocity(300.0, 20.0, "cross-correlation", quality=2.0))
    page = build_page(replace(seen, spectrum=noise, predictions={"a": strange, "b": galaxy}), "")
    assert ["no star" in page.warnings[0], "Unlike" in page.warnings[1], "velocity" in page.warnings[2]] == [True] * 3
    assert all(row.is_doubtful for row in page.table.rows if row.cells[0] in ("Teff (K)", "log g (dex)"))
