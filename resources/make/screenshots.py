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
from stellarview.io.models import find_model, read_card
from stellarview.io.resources import resource_path
from stellarview.session.session import Session, StarEntry
from stellarview.session.store import save_session
from stellarview.training.label_set import build_label_set
from stellarview.training.preflight import preflight
from stellarview.training.tuning import TuningChoices, fine_tuning_config, write_run

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "screenshots"
PARENT = "mrs-abundances"
DWARF, GIANT = "spec-synthetic-G2V.fits.gz", "med-synthetic-K1III.fits.gz"


@dataclass(frozen=True)
class Picture:
    """A picture by its file's name: the session that it shows, and how."""

    name: str
    session: Session
    theme: str = "light"
    size: str = "1600x1000"
    label: str = "teff"


def pictures(folder: Path) -> Iterator[Picture]:
    """The rows of the guide."""
    dwarf, giant = session(GIANT, DWARF, current=2), session(GIANT, DWARF)
    yield Picture("window-light", giant)
    yield Picture("window-dark", dwarf, "dark")
    yield Picture("abundance", giant, label="mgh")
    mg_b = Edit(5164.0, 5190.0, "mask", name="Mg b")
    h_beta = Edit(4845.0, 4880.0, "scale", 0.5, "H-beta")
    yield Picture("what-if", edited(dwarf, mg_b, h_beta))
    bad = folder / "not-a-spectrum.fits"
    bad.write_bytes(b"SIMPLE  =                    T" + b" " * 50)
    yield Picture("bad-file", replace(dwarf.with_stars([StarEntry("", str(bad))]), current="3"))


def session(*names: str, current: int = 1) -> Session:
    """The bundled examples of these names."""
    stars = [StarEntry("", str(resource_path(f"examples/{name}"))) for name in names]
    return replace(Session().with_stars(stars), current=str(current))


def edited(one: Session, *edits: Edit) -> Session:
    """With these edits of its current star."""
    return one.with_star(one.current, lambda star: replace(star, edits=edits))


def train(folder: Path) -> None:
    """A run on synthetic stars, with its judgement, and the page that shows it."""
    stars, runs = folder / "stars.h5", folder / "runs"
    program("synthesise", "--n", "400", "--seed", "5", "--out", str(stars))
    run = runs / "my-giants"
    labels = build_label_set([stars], None, None, run)
    found = preflight(run, labels, PARENT)
    choices = TuningChoices("my-giants", "head only", labels=("teff", "logg", "feh"), epochs=12, members=3)
    write_run(run, fine_tuning_config(read_card(find_model(PARENT)), labels, found, choices))
    program("train", str(run / "config.toml"), "--run", str(run), "--threads", "1", "--quiet")
    program("judge", str(run))
    out = FOLDER / "train.png"
    program(str(stars), "--workspace", "train", "--screenshot", str(out), STELLARVIEW_RUNS=str(runs))
    print(out)


def program(*arguments: str, **environment: str) -> None:
    """The program's own command, without a screen."""
    plain = {**os.environ, "QT_QPA_PLATFORM": "offscreen", **environment}
    subprocess.run([sys.executable, "-m", "stellarview", *arguments], check=True, env=plain, cwd=ROOT)


def main() -> None:
    """Every picture, by the program's own command."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for picture in pictures(folder):
            file = folder / f"{picture.name}.stellarview"
            save_session(picture.session, file)
            out = FOLDER / f"{picture.name}.png"
            shown = (str(file), "--screenshot", str(out), "--theme", picture.theme)
            shape = ("--size", picture.size, "--label", picture.label)
            program(*shown, *shape)
            print(out)
        train(folder)


if __name__ == "__main__":
    main()
