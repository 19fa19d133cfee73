"""What the user can choose about the spectrum, as changes of the session: for the tool bar, menus and keys alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from stellarview.domain.edit import Edit
from stellarview.session.session import Display, StarEntry
from stellarview.ui.desk import Desk

SMOOTHEST_PIXELS = 99
# How the words of steps that make a what-if change begin.
WHAT_IF = "what if:"


def display_of(desk: Desk) -> Display:
    """How spectra are shown now."""
    return desk.workspace.session.display


def show(desk: Desk, words: str, merge: str = "", **fields: Any) -> None:
    """Show spectra otherwise."""
    session = desk.workspace.session
    desk.workspace.change(words, replace(session, display=replace(session.display, **fields)), merge)


def current_star(desk: Desk) -> StarEntry | None:
    """The star that is looked at."""
    return desk.workspace.session.star(desk.workspace.session.current)


def change_star(desk: Desk, words: str, change: Callable[[StarEntry], StarEntry], merge: str = "") -> None:
    """The star that is looked at, changed."""
    session = desk.workspace.session
    desk.workspace.change(words, session.with_star(session.current, change), merge)


def set_velocity(desk: Desk, value_km_s: float | None) -> None:
    """The user's own velocity; None gives the header's or the measured one back."""
    values = () if value_km_s is None else (float(value_km_s),)
    words = "radial velocity" if values else "own radial velocity"
    merge = f"rv {desk.workspace.session.current}" if values else ""
    change_star(desk, words, lambda star: replace(star, rv_km_s=values), merge)


def set_exposure(desk: Desk, exposure: str) -> None:
    """Another exposure of the star, or its coadd."""
    change_star(desk, "exposure", lambda star: replace(star, exposure="" if exposure == "coadd" else exposure))


def set_smoothing(desk: Desk, pixels: int) -> None:
    """The mean of so many pixels; 1 shows them as they are."""
    show(desk, "smoothing", "smoothing", smoothing_pixels=min(max(pixels, 1), SMOOTHEST_PIXELS))


def set_ghost(desk: Desk, key: str) -> None:
    """Another star behind the one that is looked at; '' for none."""
    desk.workspace.change("second star", replace(desk.workspace.session, ghost=key), "ghost")


def toggle_layer(desk: Desk, layer: str) -> None:
    """Show or hide a layer."""
    layers = display_of(desk).layers
    chosen = tuple(key for key in layers if key != layer) if layer in layers else (*layers, layer)
    show(desk, "layers", layers=chosen)


def put_edit(desk: Desk, index: int | None, edit: Edit, merge: str = "") -> int:
    """A what-if change in place of that of the index, or one more; returns its index."""
    star = current_star(desk)
    edits = star.edits if star else ()
    at = len(edits) if index is None or index >= len(edits) else index
    change_star(desk, f"{WHAT_IF} {edit.kind}", lambda one: replace(one, edits=_with(one.edits, at, edit)), merge)
    return at


def remove_edit(desk: Desk, index: int) -> None:
    """One what-if change less."""
    change_star(
        desk, "removal of a what-if change",
        lambda star: replace(star, edits=(*star.edits[:index], *star.edits[index + 1 :])),
    )  # fmt: skip


def clear_edits(desk: Desk) -> None:
    """The spectrum as it is."""
    change_star(desk, "removal of all what-if changes", lambda star: replace(star, edits=()))


def _with(edits: tuple[Edit, ...], index: int, edit: Edit) -> tuple[Edit, ...]:
    return (*edits[:index], edit, *edits[index + 1 :])
