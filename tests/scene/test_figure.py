"""Figures for papers."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from matplotlib import image

from stellarview.domain.errors import StellarViewError
from stellarview.scene.figure import FORMATS, save_figure
from stellarview.scene.marks import CurveMark, Panel, Scene
from stellarview.workflow import open_spectrum, spectrum_scene, with_velocity

MAGIC = {"pdf": b"%PDF", "svg": b"<?xml", "png": b"\x89PNG"}


@pytest.fixture(scope="module")
def scene(example_lrs: Path) -> Scene:
    return spectrum_scene(with_velocity(open_spectrum(example_lrs)))


@pytest.mark.parametrize("ending", FORMATS)
def test_that_each_format_is_written_with_its_provenance(scene: Scene, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"figure.{ending}"
    save_figure(scene, path)
    content = path.read_bytes()
    assert content.startswith(MAGIC[ending])
    assert b"sha256" in content


def test_that_text_stays_text_in_a_vector_figure(scene: Scene, tmp_path: Path) -> None:
    save_figure(scene, tmp_path / "figure.svg")
    content = (tmp_path / "figure.svg").read_text(encoding="utf-8")
    assert ">Mg b1<" in content
    assert "Rest wavelength in vacuum" in content


def test_that_the_same_scene_makes_the_same_file(scene: Scene, tmp_path: Path) -> None:
    for name in ("one.png", "two.png"):
        save_figure(scene, tmp_path / name)
    assert (tmp_path / "one.png").read_bytes() == (tmp_path / "two.png").read_bytes()


def test_that_an_unknown_format_is_refused_with_those_that_are_known(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="pdf, svg, png"):
        save_figure(scene, tmp_path / "figure.gif")


def test_that_a_failed_write_leaves_the_old_figure_and_no_litter(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "figure.png"
    path.write_bytes(b"\x89PNG old")

    def disk_full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", disk_full)
    with pytest.raises(StellarViewError, match="No space"):
        save_figure(scene, path)
    assert path.read_bytes() == b"\x89PNG old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["figure.png"]


def test_that_only_a_figure_is_written_over(scene: Scene, tmp_path: Path) -> None:
    path = tmp_path / "labels.png"
    path.write_text("not a picture, but a table that somebody misnamed", encoding="utf-8")
    with pytest.raises(StellarViewError):
        save_figure(scene, path)
    assert path.read_text(encoding="utf-8").startswith("not a picture")


def test_that_a_folder_that_is_not_there_is_named(scene: Scene, tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="Cannot write"):
        save_figure(scene, tmp_path / "nowhere" / "figure.png")


def test_that_columns_have_their_widths_and_a_blank_place_stays_white(tmp_path: Path) -> None:
    panel = Panel((CurveMark(np.arange(2.0), np.arange(2.0), "first", weight="bold"),), "x", "y", (0, 1), (0, 1))
    blank = Panel((), "", "", (0, 1), (0, 1))
    assert (panel.is_blank, blank.is_blank) == (False, True)
    drawn = []
    for place, panels in enumerate([(panel, blank), (panel, panel)]):
        save_figure(Scene(panels, "", "", columns=2, widths=(3.0, 1.0)), tmp_path / f"{place}.png", dpi=40)
        drawn.append(image.imread(tmp_path / f"{place}.png")[..., :3])
    right = slice(int(0.85 * drawn[0].shape[1]), None)
    assert (drawn[0][:, right] == 1.0).all()
    assert not (drawn[1][:, right] == 1.0).all()


def test_that_a_legend_too_wide_for_its_axes_is_broken(tmp_path: Path) -> None:
    names = [f"a star with a long name, number {place}" for place in range(6)]
    curves = tuple(CurveMark(np.arange(2.0), np.full(2, 0.1 * k), "first", name) for k, name in enumerate(names))
    save_figure(Scene((Panel(curves, "x", "y", (0, 1), (0, 1)),), "", ""), tmp_path / "many.svg", width_inch=5.0)
    text = (tmp_path / "many.svg").read_text(encoding="utf-8")
    places = [re.search(rf'x="(-?[\d.]+)" y="([\d.]+)"[^>]*>{name}<', text) for name in names]
    found = [(float(place[1]), float(place[2])) for place in places if place]
    assert len(found) == len(names)
    assert len({y for _, y in found}) > 1
    assert all(0 < x < 360 for x, _ in found)
