"""The session: the spectra on the table and all that the user chose. Everything in it can be undone and is saved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Literal, Self

from stellarview.domain.edit import Edit
from stellarview.domain.measured_line import MeasuredLine
from stellarview.domain.spectrum import Frame, Medium

XUnit = Literal["angstrom", "nm"]
FluxView = Literal["as observed", "normalised"]
Tool = Literal["pan", "zoom", "select"]
HrVertical = Literal["logg", "luminosity"]


@dataclass(frozen=True)
class CatalogueValue:
    """What a table or the file says of a label, to stand beside what a network says; `sigma` 0 is not known."""

    label_key: str
    value: float
    sigma: float = 0.0
    source: str = ""


@dataclass(frozen=True)
class StarEntry:
    """One spectrum of the session. `key` is never used twice; `row` counts from 0 within a set, -1 is a file of one.

    `rv_km_s` is the user's velocity as a tuple of none or one, `exposure` '' the coadd, `sha256` '' not read yet.
    """

    key: str
    path: str
    row: int = -1
    exposure: str = ""
    sha256: str = ""
    rv_km_s: tuple[float, ...] = ()
    edits: tuple[Edit, ...] = ()
    note: str = ""
    catalogue: tuple[CatalogueValue, ...] = ()
    measured: tuple[MeasuredLine, ...] = ()

    @property
    def user_km_s(self) -> float | None:
        """The velocity that the user gave."""
        return self.rv_km_s[0] if self.rv_km_s else None

    def with_catalogue(self, values: Sequence[CatalogueValue]) -> Self:
        """With more of what tables say; of one table and label the newest value counts."""
        new = {(value.label_key, value.source) for value in values}
        kept = (value for value in self.catalogue if (value.label_key, value.source) not in new)
        return replace(self, catalogue=(*kept, *values))


@dataclass(frozen=True)
class Display:
    """How a star is shown. `layers` are keys of LAYERS; no `elements`: the most telling; no `arms`: all.

    `pair` names the two labels whose PDFs stand against each other; empty, it is `label` alone. `tool` is what dragging
    in the spectrum does.
    """

    label: str = "teff"
    flux: FluxView = "normalised"
    x_unit: XUnit = "angstrom"
    medium: Medium = "vacuum"
    frame: Frame = "rest"
    smoothing_pixels: int = 1
    layers: tuple[str, ...] = (
        "flux", "error", "masked", "lines", "cam", "saliency", "edits", "ghost", "fits", "occlusion",
    )  # fmt: skip
    elements: tuple[str, ...] = ()
    arms: tuple[str, ...] = ()
    is_relative_to_iron: bool = False
    pair: tuple[str, ...] = ()
    tool: Tool = "pan"


@dataclass(frozen=True)
class HrChoices:
    """What the HR diagram shows: the ages that stand out among its curves, the [Fe/H] of all (none: the star's).

    `grid` names the isochrones; '' those that are usual.
    """

    ages_gyr: tuple[float, ...] = ()
    feh: tuple[float, ...] = ()
    vertical: HrVertical = "logg"
    grid: str = ""


@dataclass(frozen=True)
class ModelChoice:
    """The model that the user wants for what `task` names (LRS:labels, MRS:labels, LRS:class ...)."""

    task: str
    model: str


@dataclass(frozen=True)
class Session:
    """All choices. `current` is the star that is looked at, `ghost` lies behind it, `selected` are compared."""

    stars: tuple[StarEntry, ...] = ()
    next_key: int = 1
    current: str = ""
    selected: tuple[str, ...] = ()
    ghost: str = ""
    filter: str = ""
    sort_by: str = ""
    sort_descending: bool = False
    display: Display = Display()
    hr: HrChoices = HrChoices()
    models: tuple[ModelChoice, ...] = ()

    def star(self, key: str) -> StarEntry | None:
        """The star of that key."""
        return next((star for star in self.stars if star.key == key), None)

    def with_stars(self, new: Sequence[StarEntry]) -> Self:
        """These added at the end, each with a key of its own; what is there already only learns what tables say."""
        stars = list(self.stars)
        places = {(star.path, star.row, star.exposure): place for place, star in enumerate(stars)}
        next_key = self.next_key
        for star in new:
            place = places.setdefault((star.path, star.row, star.exposure), len(stars))
            if place == len(stars):
                stars.append(replace(star, key=str(next_key)))
                next_key += 1
            elif star.catalogue:
                stars[place] = stars[place].with_catalogue(star.catalogue)
        current = self.current or (stars[len(self.stars)].key if len(stars) > len(self.stars) else "")
        return replace(self, stars=tuple(stars), next_key=next_key, current=current)

    def without(self, keys: Collection[str]) -> Self:
        """Without these stars; the next one becomes the current one."""
        kept = tuple(star for star in self.stars if star.key not in keys)
        current = self.current
        if current in keys:
            places = [index for index, star in enumerate(self.stars) if star.key == current]
            after = [star.key for star in self.stars[places[0] :] if star.key not in keys] if places else []
            current = after[0] if after else (kept[-1].key if kept else "")
        selected = tuple(key for key in self.selected if key not in keys)
        ghost = "" if self.ghost in keys else self.ghost
        return replace(self, stars=kept, current=current, selected=selected, ghost=ghost)

    def with_star(self, key: str, change: Callable[[StarEntry], StarEntry]) -> Self:
        """With one star changed."""
        return replace(self, stars=tuple(change(star) if star.key == key else star for star in self.stars))

    def model_for(self, task: str) -> str:
        """The user's model for a task; '' where the usual one serves."""
        return next((choice.model for choice in self.models if choice.task == task), "")

    def with_model(self, task: str, model: str) -> Self:
        """With another model for a task; '' gives it back to the usual one."""
        others = tuple(choice for choice in self.models if choice.task != task)
        return replace(self, models=(*others, *([ModelChoice(task, model)] if model else [])))
