"""What shall be exported, and how: said by the dialogs, done by the jobs of `export`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from stellarview.domain.inspection import Inspection
from stellarview.scene.figure import natural_height
from stellarview.scene.marks import Scene
from stellarview.scene.paper import Ranges, on_paper


@dataclass(frozen=True, eq=False)
class FigureWish:
    """A scene as it shall stand on paper; without a height it has its natural one, with `seen` only that is drawn."""

    scene: Scene
    width_inch: float
    height_inch: float | None = None
    dpi: int = 300
    seen: tuple[Ranges, ...] | None = None

    def on_paper(self) -> tuple[Scene, tuple[float, float]]:
        """The scene that is drawn, and its size."""
        scene = on_paper(self.scene, self.width_inch, self.height_inch, self.seen)
        height = natural_height(scene, self.width_inch) if self.height_inch is None else self.height_inch
        return scene, (self.width_inch, height)


@dataclass(frozen=True, eq=False)
class About:
    """What a figure shows: the view's name, the star that is looked at, the files of others, how to get it again."""

    view: str
    inspection: Inspection | None = None
    others: tuple[Mapping[str, str], ...] = ()
    command: str = ""


@dataclass(frozen=True)
class SheetWish:
    """One star's sheet: where to, which label is explained, which models were chosen for which task."""

    path: Path
    label: str
    chosen: Mapping[str, str]
    command: str
