"""What the spectrum view is given, and each arm of it as it is shown: normalised, smoothed, on the axis of choice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np

from stellarview.domain.agreement import stretches
from stellarview.domain.arrays import FloatArray, IntArray
from stellarview.domain.attribution import Attribution
from stellarview.domain.edit import Edit
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.lines import Line, air_to_vacuum
from stellarview.domain.measured_line import MeasuredLine
from stellarview.domain.rest_frame import is_at_rest
from stellarview.domain.spectrum import SPEED_OF_LIGHT_KM_S, Arm, Frame, MaskReason, Medium, Spectrum
from stellarview.scene.context import ArmContext
from stellarview.scene.smoothing import boxcar
from stellarview.scene.wavelength_axis import WavelengthAxis, XUnit, axis_of

FluxView = Literal["as observed", "normalised"]
_MOST_COLUMNS = 3


@dataclass(frozen=True)
class SpectrumChoices:
    """How a spectrum is shown. `layers` are keys of LAYERS; no `elements`: the most telling; no `arms`: all."""

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


@dataclass(frozen=True, eq=False)
class SpectrumView:
    """One star as the spectrum view shows it. Spectra are observed ones, bad pixels marked, continuum beside the flux.

    `is_waiting` says that an explanation is on its way: its strip keeps its place. `edited` is the spectrum after
    `edits`.
    """

    spectrum: Spectrum
    lines: tuple[Line, ...] = ()
    choices: SpectrumChoices = SpectrumChoices()
    explained: Explained | None = None
    physics: PhysicsExplained | None = None
    ghost: Spectrum | None = None
    ghost_name: str = ""
    edits: tuple[Edit, ...] = ()
    provenance: str = ""
    is_waiting: bool = False
    measured: tuple[MeasuredLine, ...] = ()
    occlusion: Attribution | None = None
    edited: Spectrum | None = None

    @cached_property
    def axis(self) -> WavelengthAxis:
        """The x axis of all panels."""
        return axis_of(self.spectrum, self.choices.x_unit, self.choices.medium, self.choices.frame)

    @cached_property
    def arms(self) -> tuple[ShownArm, ...]:
        """The chosen arms, blue first; all where the choice knows none of them."""
        arms = sorted(self.spectrum.arms, key=lambda arm: float(arm.wavelength_angstrom[0]))
        chosen = [arm for arm in arms if arm.name in self.choices.arms]
        return tuple(self._shown(arm) for arm in chosen or arms)

    @property
    def columns(self) -> int:
        """Arms stand side by side, unless there are too many."""
        return len(self.arms) if len(self.arms) <= _MOST_COLUMNS else 1

    @property
    def attribution(self) -> Attribution | None:
        """What the strip under the flux shows."""
        if self.explained is not None:
            return self.explained.attribution
        return self.physics.network if self.physics is not None else None

    @property
    def colour(self) -> Attribution | None:
        """The map that colours the flux."""
        if self.explained is None:
            return None
        attribution = self.explained.attribution
        return self.explained.colour or (attribution if "cam" in attribution.method else None)

    @property
    def has_strip(self) -> bool:
        """True where there is something to be seen under the flux, or will be."""
        is_wanted = not {"saliency", "physics"}.isdisjoint(self.choices.layers)
        return is_wanted and (self.is_waiting or self.attribution is not None)

    @property
    def has_occlusion(self) -> bool:
        """True where a map was asked for and is to be seen."""
        return self.occlusion is not None and self.shows("occlusion")

    def shows(self, layer: str) -> bool:
        """True where the layer of that key is chosen."""
        return layer in self.choices.layers

    def _shown(self, arm: Arm) -> ShownArm:
        x = self.axis.place(arm.wavelength_angstrom, self.spectrum.medium, self.spectrum.frame)
        limits = float(x[0]), float(x[-1])
        return ShownArm(self.spectrum, displayed(arm, self.choices), self.lines, limits, self)


@dataclass(frozen=True, eq=False)
class ShownArm(ArmContext):
    """One arm on the axis of the view. Layers and overlays take it; `arm` holds its flux as it is shown."""

    view: SpectrumView

    @property
    def medium(self) -> Medium:
        """The medium of the axis."""
        return self.view.axis.medium

    @cached_property
    def x(self) -> FloatArray:
        """The pixels on the axis."""
        return self.view.axis.place(self.arm.wavelength_angstrom, self.spectrum.medium, self.spectrum.frame)

    @cached_property
    def line_x(self) -> FloatArray:
        """Where the lines of the list stand on the axis, in its order."""
        vacuum_K = np.array([line.wavelength_vacuum_angstrom for line in self.lines])
        return self.view.axis.place(vacuum_K, "vacuum", "rest")

    @property
    def x_per_angstrom(self) -> float:
        """What an Angstrom is on the axis."""
        return self.view.axis.per_angstrom

    @cached_property
    def colour_values(self) -> FloatArray | None:
        """The map that colours the flux, on this arm's pixels."""
        colour, explained = self.view.colour, self.view.explained
        return None if colour is None or explained is None else self.on_pixels(colour, explained.prepared)[0]

    @cached_property
    def strip_values(self) -> tuple[FloatArray, FloatArray] | None:
        """Values and scatter of the attribution on this arm's pixels."""
        attribution, prepared = self.view.attribution, self._prepared
        return None if attribution is None or prepared is None else self.on_pixels(attribution, prepared)

    @property
    def _prepared(self) -> Spectrum | None:
        if self.view.explained is not None:
            return self.view.explained.prepared
        return None if self.view.physics is None else self.view.physics.normalised

    def on_pixels(self, attribution: Attribution, prepared: Spectrum) -> tuple[FloatArray, FloatArray]:
        """Values and scatter at this arm's own pixels; NaN where the network saw nothing."""
        own = self._vacuum(self.arm.wavelength_angstrom, self.spectrum.medium)
        own = own * (_star_factor(self.spectrum) if self.spectrum.frame == "rest" else 1.0)
        grid = self._vacuum(attribution.wavelength_angstrom_L, attribution.medium)
        if attribution.frame == "rest" and is_at_rest(prepared):
            grid = grid * _star_factor(prepared)
        values, scatter = np.full(own.shape, np.nan), np.full(own.shape, np.nan)
        good = attribution.is_good_L
        for part in stretches(grid):
            inside = (own >= grid[part][0]) & (own <= grid[part][-1])
            x = own[inside]
            is_seen = good[part][_nearest(grid[part], x)]
            values[inside] = np.where(is_seen, np.interp(x, grid[part], attribution.values_L[part]), np.nan)
            scatter[inside] = np.where(is_seen, np.interp(x, grid[part], attribution.scatter_L[part]), np.nan)
        return values, scatter

    @staticmethod
    def _vacuum(wavelength: FloatArray, medium: Medium) -> FloatArray:
        return wavelength if medium == "vacuum" else air_to_vacuum(wavelength)


def _star_factor(spectrum: Spectrum) -> float:
    return 1.0 if spectrum.velocity is None else 1.0 + spectrum.velocity.value_km_s / SPEED_OF_LIGHT_KM_S


def _nearest(grid: FloatArray, x: FloatArray) -> IntArray:
    """The index of the grid's point next to each place."""
    return np.searchsorted((grid[1:] + grid[:-1]) / 2, x)


def displayed(arm: Arm, choices: SpectrumChoices) -> Arm:
    """The arm with its flux as it is shown: over its continuum or not, smoothed or not; NaN is a gap."""
    if choices.flux == "normalised" and arm.continuum is not None:
        arm = _normalised(arm, arm.continuum)
    return boxcar(arm, choices.smoothing_pixels) if choices.smoothing_pixels > 1 else arm


def _normalised(arm: Arm, continuum: FloatArray) -> Arm:
    usable = np.isfinite(continuum)
    safe = np.where(usable, continuum, 1.0)
    mask = arm.mask | np.where(usable, 0, int(MaskReason.NO_CONTINUUM)).astype(np.uint16)
    return replace(
        arm,
        flux=np.where(usable, arm.flux / safe, np.nan),
        ivar=np.where(usable, arm.ivar * safe**2, 0.0),
        mask=mask,
        continuum=np.where(usable, 1.0, np.nan),
    )
