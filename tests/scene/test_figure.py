"""Figures for papers."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.scene.figure import FORMATS, save_figure
from stellarview.scene.marks import Scene
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
