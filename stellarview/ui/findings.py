"""What was found out about the session's stars: results of work, which can be had again, so no part of the session."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import QObject, Signal

from stellarview.domain.attribution import Attribution
from stellarview.domain.inspection import Inspection
from stellarview.domain.spectrum import Spectrum
from stellarview.domain.what_if import WhatIf
from stellarview.engine.known import Known

# Spectra and explanations are a megabyte a star and are had again in a blink: only the last ones are kept.
_MOST_OPEN = 12


@dataclass(frozen=True, eq=False)
class Opened:
    """What only the stars have that are looked at: arrays. `spectra` are the coadd and the exposures.

    `inspection` is what is known of the one that is shown; `what_if` by model, `occlusion` the
    map that the user asked for.
    """

    spectra: tuple[Spectrum, ...]
    inspection: Inspection
    what_if: Mapping[str, WhatIf] = field(default_factory=dict)
    occlusion: Attribution | None = None

    @property
    def spectrum(self) -> Spectrum:
        """The one that is shown."""
        return self.inspection.spectrum


class Findings(QObject):
    """By star's key. `found` names the stars whose row changed, `opened` the one whose arrays did."""

    found = Signal(object)  # a set of keys
    opened_changed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._known: dict[str, Known] = {}
        self._opened: OrderedDict[str, Opened] = OrderedDict()

    def known(self, key: str) -> Known:
        """What is known of a star; that it waits, where nothing is."""
        return self._known.get(key) or Known(key)

    def opened(self, key: str) -> Opened | None:
        """The arrays of a star that was looked at not long ago."""
        return self._opened.get(key)

    def learn(self, *news: Known) -> None:
        """New rows of some stars."""
        self._known.update({one.key: one for one in news})
        if news:
            self.found.emit({one.key for one in news})

    def open(self, key: str, opened: Opened) -> None:
        """New arrays of a star."""
        self._opened[key] = opened
        self._opened.move_to_end(key)
        while len(self._opened) > _MOST_OPEN:
            self._opened.popitem(last=False)
        self.opened_changed.emit(key)

    def add(self, key: str, **parts: Any) -> None:
        """More about a star that is open; nothing where it was closed in the meantime."""
        if key in self._opened:
            opened = self._opened[key]
            self.open(key, replace(opened, inspection=replace(opened.inspection, **parts)))

    def wonder(self, key: str, what_if: Mapping[str, WhatIf]) -> None:
        """What the models would say of the star with its edits; nothing without edits."""
        if key in self._opened:
            self.open(key, replace(self._opened[key], what_if=what_if))

    def occlude(self, key: str, occlusion: Attribution | None) -> None:
        """What each window of the star's spectrum is worth; None takes the map away."""
        if key in self._opened:
            self.open(key, replace(self._opened[key], occlusion=occlusion))

    def forget(self, keys: Iterable[str]) -> None:
        """Stars that left the session."""
        for key in keys:
            self._known.pop(key, None)
            self._opened.pop(key, None)

    def __len__(self) -> int:
        return len(self._known)
