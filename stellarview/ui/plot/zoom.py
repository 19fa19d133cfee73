"""Where the user has zoomed to: home, history, axes that move together, and what of it a new scene keeps."""

from __future__ import annotations

import math
from collections.abc import Sequence
from time import monotonic
from typing import Literal

from PySide6.QtCore import QObject, Signal

from stellarview.scene.marks import Panel, Scene
from stellarview.ui.plot.panel import PanelPlot

Range = tuple[float, float]
Ranges = tuple[Range, Range]
# Small steps that follow each other so fast are one step of the history.
_SAME_GESTURE_S = 0.6
_SMALL_STEPS = {"wheel", "key", "overview"}
_MOST_STEPS = 100
# Axes that differ by less than this share are the same kind of axis: rest frames of two stars, say.
_SAME_AXIS_SHARE = 0.05
_CLOSEST_SHARE, _WIDEST_SHARE = 1e-4, 4.0


class Zoom(QObject):
    """The ranges of all panels of a view. Everything is in the axes' coordinates: logarithms on logarithmic axes."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._plots: list[PanelPlot] = []
        self._groups: tuple[list[int], list[int]] = ([], [])
        self._homes: list[Ranges] = []
        self._history: list[list[Ranges]] = []
        self._last: tuple[str, float] = ("", -math.inf)
        self._is_linking = False

    def begin(self, scene: Scene, plots: Sequence[PanelPlot], *, link_x: bool, keep: bool) -> None:
        """Take over a new scene; what the user has zoomed to stays, where it is the same kind of scene."""
        homes = [_home(panel, plot) for panel, plot in zip(scene.panels, plots, strict=True)]
        same = keep and len(homes) == len(self._homes) and all(map(_is_alike, self._homes, homes))
        ranges = [*map(_carried, self.ranges(), self._homes, homes)] if same else homes
        if not same:
            self._history.clear()
        self._plots, self._homes = list(plots), homes
        self._groups = _columns_of(scene, link_x=link_x), _rows_of(scene)
        self._is_linking = True
        for plot, panel, home in zip(self._plots, scene.panels, homes, strict=True):
            _bound(plot, panel, home)
        self._is_linking = False
        self._set(ranges)

    def fit_names(self, index: int) -> None:
        """A panel became higher or lower: names of lines may need more of its y axis, or less."""
        if index >= len(self._plots):
            return
        plot, was, seen = self._plots[index], self._homes[index], _range_of(self._plots[index])
        self._homes[index] = _home(plot.content, plot)
        if self._homes[index] != was and _is_at(seen[1], was[1]):
            plot.box.setYRange(*self._homes[index][1], padding=0.0)

    def ranges(self) -> list[Ranges]:
        """What is seen now, low to high."""
        return [_range_of(plot) for plot in self._plots]

    def homes(self) -> list[Ranges]:
        """What is seen before anybody zooms."""
        return list(self._homes)

    def linked(self, index: int) -> list[int]:
        """The panels that move along x with this one, itself among them."""
        return _alike(self._groups[0], index)

    def remember(self, gesture: str) -> None:
        """Called before the user changes anything."""
        now, (last, then) = monotonic(), self._last
        is_going_on = gesture in _SMALL_STEPS and gesture == last and now - then < _SAME_GESTURE_S
        self._last = (gesture, now)
        if not is_going_on:
            self._history.append(self.ranges())
            del self._history[:-_MOST_STEPS]

    def home(self) -> None:
        """Everything in sight."""
        if self._plots and self.ranges() != self._homes:
            self.remember("home")
            self._set(self._homes)

    def back(self) -> None:
        """One step back."""
        while self._history:
            ranges = self._history.pop()
            if ranges != self.ranges():
                self._set(ranges)
                return

    def set_x(self, index: int, low: float, high: float) -> None:
        """Show this stretch in a panel and in those that move with it."""
        self._plots[index].box.setXRange(low, high, padding=0.0)

    def follow(self, index: int, axis: Literal[0, 1] = 0) -> None:
        """Bring the others along, after the x axis (0) or the y axis (1) of one panel has moved."""
        if self._is_linking or index >= len(self._plots):
            return
        self._is_linking = True
        low, high = _range_of(self._plots[index])[axis]
        for other in _alike(self._groups[axis], index):
            box = self._plots[other].box
            if other != index:
                (box.setXRange if axis == 0 else box.setYRange)(low, high, padding=0.0)
        self._is_linking = False
        self.changed.emit()

    def _set(self, ranges: Sequence[Ranges]) -> None:
        self._is_linking = True
        for plot, (x, y) in zip(self._plots, ranges, strict=True):
            plot.box.setRange(xRange=x, yRange=y, padding=0.0)
        self._is_linking = False
        self.changed.emit()


def _range_of(plot: PanelPlot) -> Ranges:
    x, y = plot.box.viewRange()
    return (float(x[0]), float(x[1])), (float(y[0]), float(y[1]))


def _home(panel: Panel, plot: PanelPlot) -> Ranges:
    x = (math.log10(panel.x_limits[0]), math.log10(panel.x_limits[1])) if panel.x_scale == "log" else panel.x_limits
    low, high = _rising(panel.y_limits)
    return _rising(x), (low, low + plot.stretch() * (high - low))


def _rising(limits: Range) -> Range:
    low, high = sorted(limits)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def _is_alike(old: Ranges, new: Ranges) -> bool:
    span = old[0][1] - old[0][0]
    return all(abs(a - b) <= _SAME_AXIS_SHARE * span for a, b in zip(old[0], new[0], strict=True))


def _carried(seen: Ranges, old: Ranges, new: Ranges) -> Ranges:
    """The same wavelengths if the user has zoomed along x, and the same part of the y axis, whose scale may differ."""
    x = new[0] if _is_at(seen[0], old[0]) else seen[0]
    scale = (new[1][1] - new[1][0]) / (old[1][1] - old[1][0])
    low, high = (new[1][0] + scale * (value - old[1][0]) for value in seen[1])
    return x, (new[1] if _is_at(seen[1], old[1]) else (low, high))


def _is_at(seen: Range, home: Range) -> bool:
    return all(abs(a - b) <= 1e-9 * (home[1] - home[0]) for a, b in zip(seen, home, strict=True))


def _columns_of(scene: Scene, *, link_x: bool) -> list[int]:
    """Panels of a number share their x axis: one without words under it shares that of the panel below it."""
    groups, below = [0] * len(scene.panels), list(range(len(scene.panels), len(scene.panels) + scene.columns))
    for place in reversed(range(len(scene.panels))):
        column = place % scene.columns
        if scene.panels[place].is_blank:
            groups[place] = place
            continue
        if scene.panels[place].x_label or place + scene.columns >= len(scene.panels):
            below[column] = place
        groups[place] = 0 if link_x else below[column]
    return groups


def _rows_of(scene: Scene) -> list[int]:
    """Panels of a number share their y axis: one without words beside it shares that of the panel to its left."""
    groups: list[int] = []
    for place in range(len(scene.panels)):
        groups.append(groups[-1] if scene.shares_y(place) else place)
    return groups


def _alike(groups: list[int], index: int) -> list[int]:
    return [place for place, group in enumerate(groups) if group == groups[index]]


def _bound(plot: PanelPlot, panel: Panel, home: Ranges) -> None:
    """Directions of the axes, and how far anybody can go."""
    box, (x, y) = plot.box, home
    box.invertX(panel.x_limits[0] > panel.x_limits[1])
    box.invertY(panel.y_limits[0] > panel.y_limits[1])
    limits: dict[str, float] = {}
    for (low, high), name in ((x, "x"), (y, "y")):
        span = high - low
        limits |= {f"{name}Min": low - 2 * span, f"{name}Max": high + 2 * span}
        limits |= {f"min{name.upper()}Range": _CLOSEST_SHARE * span, f"max{name.upper()}Range": _WIDEST_SHARE * span}
    box.setLimits(**limits)
