"""Makes the pictures of the guide (`python -m resources.make.screenshots`), of the project's own synthetic stars."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from stellarview.domain.edit import Edit
from stellarview.io.resources import resource_path
from stellarview.session.session import Session, StarEntry
from stellarview.session.store import save_session

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
DWARF, GIANT = "spec-synthetic-G2V.fits.gz", "med-synthetic-K1III.fits.gz"


@dataclass(frozen=True)
class Picture:
    """A picture by its file's name: the session that it shows, and how."""

    name: str
    session: Session
    theme: str = "light"
    size: str = "1600x1000"
    label: str = "teff"
    scale: int = 1


def pictures(folder: Path) -> Iterator[Picture]:
    """The rows of the guide."""
    dwarf, giant = session(GIANT, DWARF, current=2), session(GIANT, DWARF)
    yield Picture("window-light", giant)
    yield Picture("window-dark", dwarf, "dark")
    yield Picture("abundance", giant, label="mgh")
    mg_b = Edit(5164.0, 5190.0, "mask", name="Mg b")
    h_beta = Edit(4845.0, 4880.0, "scale", 0.5, "H-beta")
    yield Picture("what-if", edited(dwarf, mg_b, h_beta))
    yield Picture("what-if-dark", edited(giant, Edit(5164.0, 5192.0, "mask", name="Mg b")), "dark", label="mgh")
    bad = folder / "not-a-spectrum.fits"
    bad.write_bytes(b"SIMPLE  =                    T" + b" " * 50)
    yield Picture("bad-file", dwarf.with_stars([StarEntry("", str(bad))]))
    yield Picture("two-times", giant, scale=2)


def session(*names: str, current: int = 1) -> Session:
    """The bundled examples of these names."""
    stars = [StarEntry("", str(resource_path(f"examples/{name}"))) for name in names]
    return replace(Session().with_stars(stars), current=str(current))


def edited(one: Session, *edits: Edit) -> Session:
    """With these edits of its current star."""
    return one.with_star(one.current, lambda star: replace(star, edits=edits))


def main() -> None:
    """Every picture, by the program's own command."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture in pictures(folder):
            file = folder / f"{picture.name}.stellarview"
            save_session(picture.session, file)
            out = FOLDER / f"{picture.name}.png"
            command = [
                sys.executable,
                "-m",
                "stellarview",
                str(file),
                "--screenshot",
                str(out),
                "--theme",
                picture.theme,
            ]
            plain = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QT_SCALE_FACTOR": str(picture.scale)}
            subprocess.run(
                [*command, "--size", picture.size, "--label", picture.label], check=True, env=plain, cwd=ROOT
            )
            print(out)


if __name__ == "__main__":
    main()
