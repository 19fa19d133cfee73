"""What leaves the window, as the child process makes it; every file is read again."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace
from pathlib import Path

import plot_scenes
import pytest
import told_star
from models import write_toy_model

from stellarview.domain.errors import StellarViewError
from stellarview.engine.export import (
    About,
    FigureWish,
    SheetWish,
    draw,
    preview,
    tell_provenance,
    write_one_sheet,
    write_summary,
)
from stellarview.engine.pipe import Progress
from stellarview.session.session import StarEntry

NOBODY = Progress()
SCENE = replace(plot_scenes.spectrum_scene(), provenance="StellarView; sha256 abc")


def test_that_a_figure_is_drawn_with_its_provenance_beside_it(example_lrs: Path, tmp_path: Path) -> None:
    told = told_star.inspection(example_lrs)
    seen = tuple((panel.x_limits, panel.y_limits) for panel in SCENE.panels)
    about = About("Spectrum", told, ({"path": "b.fits", "sha256": "123"},), "stellarview predict a.fits")
    path = draw(NOBODY, FigureWish(SCENE, 3.5, seen=seen), tmp_path / "恒星 fig.svg", about)
    text = path.read_text(encoding="utf-8")
    assert "<text" in text
    assert "sha256 abc" in text
    facts = json.loads((tmp_path / "恒星 fig.provenance.json").read_text(encoding="utf-8"))
    assert (facts["figure"], facts["view"], facts["drawn_from"]) == (path.name, "Spectrum", SCENE.provenance)
    assert facts["seen"][0]["x"] == list(SCENE.panels[0].x_limits)
    assert facts["input"]["sha256"] == told.spectrum.source.sha256
    assert facts["others"] == [{"path": "b.fits", "sha256": "123"}]


def test_that_the_text_of_a_pdf_stays_text(tmp_path: Path) -> None:
    path = draw(NOBODY, FigureWish(SCENE, 7.0), tmp_path / "fig.pdf", About("Spectrum"))
    content = path.read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL)
    pages = b"".join(zlib.decompress(one) for one in streams if one.startswith(b"x\x9c"))
    # Letters are one byte each or, by newer versions of matplotlib, two.
    pieces = re.findall(rb"\(((?:[^()\\]|\\.)*)\)", pages)
    said = b"".join(pieces).replace(b"\x00", b"").replace(b" ", b"").decode("latin-1")
    for word in (SCENE.panels[0].y_label, SCENE.title, "saliency", "pseudo-continuum"):
        assert word.replace(" ", "") in said
    assert b"sha256 abc" in content


@pytest.mark.parametrize(("ending", "magic"), [("pdf", b"%PDF"), ("png", b"\x89PNG")])
def test_that_other_formats_begin_as_they_should(tmp_path: Path, ending: str, magic: bytes) -> None:
    path = draw(NOBODY, FigureWish(SCENE, 3.5, dpi=60), tmp_path / f"fig.{ending}", About("Spectrum"))
    assert path.read_bytes().startswith(magic)


def test_that_a_file_of_another_kind_is_never_replaced(tmp_path: Path) -> None:
    for name, victim in (("fig.pdf", "fig.pdf"), ("b.pdf", "b.provenance.json")):
        (tmp_path / victim).write_text("my notes")
        with pytest.raises(StellarViewError, match="another kind"):
            draw(NOBODY, FigureWish(SCENE, 3.5), tmp_path / name, About("Spectrum"))
        assert (tmp_path / victim).read_text() == "my notes"
    assert not (tmp_path / "b.pdf").exists()


def test_that_a_preview_has_the_size_that_was_wished() -> None:
    png = preview(NOBODY, FigureWish(SCENE, 4.0, 3.0, dpi=50))
    assert (int.from_bytes(png[16:20]), int.from_bytes(png[20:24])) == (200, 150)


def test_that_provenance_is_told_without_a_card_that_is_gone(example_lrs: Path) -> None:
    told = told_star.inspection(example_lrs)
    facts = tell_provenance(NOBODY, replace(told, predictions={"gone": told.predictions[told_star.MODEL]}), "")
    assert facts["models"] == []
    assert facts["input"]["sha256"] == told.spectrum.source.sha256


def test_that_a_sheet_or_its_reason_is_a_row_of_the_summary(example_lrs: Path, tmp_path: Path) -> None:
    model = str(write_toy_model(tmp_path / "toy"))
    chosen = dict.fromkeys(("LRS:labels", "LRS:class", "LRS:subtype"), model)
    folder = tmp_path / "new" / "sheets"
    wish = SheetWish(folder / "sun.pdf", "teff", chosen, "StellarView")
    good = write_one_sheet(NOBODY, StarEntry("1", str(example_lrs)), wish)
    bad = write_one_sheet(NOBODY, StarEntry("2", str(tmp_path / "none.fits")), replace(wish, path=folder / "none.pdf"))
    table = write_summary(NOBODY, folder / "report.ecsv", [good, bad]).read_text(encoding="utf-8")
    assert (folder / "sun.pdf").read_bytes().startswith(b"%PDF")
    assert sorted(path.name for path in folder.iterdir()) == ["report.ecsv", "sun.pdf", "sun.provenance.json"]
    assert "There is no such file" in table
    assert good["teff"] is not None
