"""The scenes of label PDFs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.prediction import Mixture, Prediction
from stellarview.scene.figure import save_figure
from stellarview.scene.marks import BandMark, ContourMark, CurveMark, Panel, SpanMark
from stellarview.scene.pdf import PdfEntry, build_mini_pdf, build_pair_scene, build_pdf_scene

MIXTURE = Mixture(np.array([5700.0, 5750.0, 5760.0]), np.array([40.0, 45.0, 50.0]))
SPLIT = Mixture(np.array([4000.0, 4400.0]), np.array([30.0, 30.0]))
LOGG = Mixture(np.array([4.3, 4.4, 4.41]), np.array([0.05, 0.06, 0.05]))


@dataclass(frozen=True)
class Known:
    label_key: str
    value: float
    sigma: float = 0.0
    source: str = ""


def area(curve: CurveMark | BandMark) -> float:
    y = curve.y if isinstance(curve, CurveMark) else curve.high
    return float(np.sum(np.diff(curve.x) * (y[1:] + y[:-1]) / 2))


def of_kind(panel: Panel, kind: type) -> list:  # type: ignore[type-arg]
    return [mark for mark in panel.marks if isinstance(mark, kind)]


def panel_of(mixture: Mixture = MIXTURE, **more: object) -> Panel:
    return build_pdf_scene([PdfEntry("a star", mixture)], "teff", "made", **more).panels[0]  # type: ignore[arg-type]


def test_that_members_are_thin_and_their_mixture_is_bold_and_all_hold_one_star() -> None:
    curves = of_kind(panel_of(), CurveMark)
    assert [curve.weight for curve in curves] == ["thin", "thin", "thin", "bold"]
    assert [area(curve) for curve in curves] == pytest.approx([1.0] * 4, abs=1e-3)
    top = panel_of().y_limits[1]
    assert all(curve.y.max() < top for curve in curves)


@pytest.mark.parametrize(("mixture", "parts"), [(MIXTURE, 1), (SPLIT, 2)])
def test_that_what_is_shaded_holds_what_it_says_in_as_many_parts_as_it_has(mixture: Mixture, parts: int) -> None:
    bands = of_kind(panel_of(mixture), BandMark)
    assert len(bands) == 2 * parts
    assert sum(map(area, bands[:parts])) == pytest.approx(0.95, abs=0.01)
    assert sum(map(area, bands[parts:])) == pytest.approx(0.68, abs=0.01)


def test_that_the_title_splits_sigma_with_its_unit() -> None:
    scene = build_pdf_scene([PdfEntry("a star", MIXTURE)], "teff", "made")
    assert scene.title == "Teff 5737 ± 52 K (noise 45, members 26)"
    assert scene.panels[0].x_label == "Teff (K)"
    assert scene.provenance == "made"


def test_that_several_stars_have_a_colour_each_and_their_names_in_the_legend() -> None:
    entries = [PdfEntry(f"star {k}", Mixture(MIXTURE.mean_M + 100 * k, MIXTURE.sigma_M)) for k in range(6)]
    (panel,) = build_pdf_scene(entries, "teff", "").panels
    curves = of_kind(panel, CurveMark)
    assert [curve.legend for curve in curves] == [entry.name for entry in entries]
    assert len({curve.role for curve in curves}) == 6
    assert panel.x_limits[0] < 5700
    assert panel.x_limits[1] > 6260


def test_that_a_catalogues_value_stands_upright_with_its_sigma() -> None:
    panel = panel_of(catalogue=[Known("teff", 5900.0, 60.0, "APOGEE"), Known("logg", 4.4)])
    upright, bar = (mark for mark in of_kind(panel, CurveMark) if mark.role == "flux")
    assert upright.x.tolist() == [5900.0, 5900.0]
    assert upright.legend == "APOGEE"
    assert bar.x.tolist() == [5840.0, 5960.0]
    assert panel.x_limits[0] < 5900.0 < panel.x_limits[1]


def test_that_a_catalogues_value_far_away_is_named_and_does_not_flatten_the_pdf() -> None:
    panel = panel_of(catalogue=[Known("teff", 9000.0, 60.0, "LASP")])
    assert panel.x_limits == panel_of().x_limits
    assert "LASP: 9000, beyond the frame" in {mark.legend for mark in of_kind(panel, CurveMark)}


@pytest.mark.parametrize(
    ("limits", "shaded"), [((5000.0, 6000.0), []), ((5700.0, 9000.0), ["left"]), ((5700.0, 5750.0), ["left", "right"])]
)
def test_that_what_no_training_star_had_is_shaded(limits: tuple[float, float], shaded: list[str]) -> None:
    panel = panel_of(training_range=limits)
    spans = of_kind(panel, SpanMark)
    assert ["left" if span.start == panel.x_limits[0] else "right" for span in spans] == shaded


def test_that_a_small_pdf_has_no_words() -> None:
    (panel,) = build_mini_pdf(SPLIT).panels
    assert not (panel.x_label or panel.y_label or panel.title)
    assert len(of_kind(panel, BandMark)) == 2


@pytest.fixture
def pair() -> Prediction:
    feh = Mixture(np.array([-0.1, 0.0, 0.02]), np.array([0.04, 0.03, 0.03]))
    mgh = Mixture(feh.mean_M + 0.2, feh.sigma_M)
    return Prediction("toy", {"teff": MIXTURE, "logg": LOGG, "feh": feh, "mgh": mgh})


def test_that_two_labels_have_their_contours_and_their_own_pdfs_beside(pair: Prediction) -> None:
    scene = build_pair_scene(pair, "teff", "logg", "made", catalogue=[Known("logg", 4.4, 0.1, "APOGEE")])
    above, blank, joint, beside = scene.panels
    assert (scene.columns, len(scene.widths), blank.is_blank) == (2, 2, True)
    (contour,) = of_kind(joint, ContourMark)
    held = [contour.density_YX[contour.density_YX >= level].sum() for level in contour.levels]
    assert np.array(held) / contour.density_YX.sum() == pytest.approx([0.8647, 0.3935], abs=0.01)
    peak = np.unravel_index(contour.density_YX.argmax(), contour.density_YX.shape)
    assert (contour.x[peak[1]], contour.y[peak[0]]) == pytest.approx((5755.0, 4.4), rel=0.02)
    assert above.x_limits == joint.x_limits
    assert beside.y_limits == joint.y_limits
    assert np.isin(4.4, [mark.y[0] for mark in of_kind(joint, CurveMark)])


def test_that_a_ratio_to_iron_is_a_label_as_any_other(pair: Prediction, tmp_path: Path) -> None:
    scene = build_pair_scene(pair, "feh", "mg_fe", "made")
    assert scene.panels[2].y_label == "[Mg/Fe] (dex)"
    save_figure(scene, tmp_path / "pair.svg", width_inch=6.0)
    assert "[Mg/Fe] (dex)" in (tmp_path / "pair.svg").read_text(encoding="utf-8")
