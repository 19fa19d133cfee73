"""One observed spectrum as frozen facts: arms, wavelengths that say their medium, masks that say their reasons."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field, replace
from typing import Literal, Self

import numpy as np

from stellarview.domain.arrays import BoolArray, FloatArray, MaskArray, read_only
from stellarview.domain.errors import StellarViewError

SPEED_OF_LIGHT_KM_S = 299792.458

Medium = Literal["air", "vacuum"]
Frame = Literal["observed", "rest"]
Instrument = Literal["LRS", "MRS"]
_INSTRUMENTS: tuple[Instrument, ...] = ("LRS", "MRS")
VelocitySource = Literal["user", "catalogue", "header", "cross-correlation"]


class MaskReason(enum.IntFlag):
    """Why a pixel is not to be trusted; a pixel may have several reasons."""

    ANDMASK = 1  # bad in every exposure, says the survey
    ORMASK = 2  # bad in at least one exposure, says the survey
    NO_IVAR = 4  # the inverse variance is zero: no information
    NON_FINITE = 8  # flux or inverse variance is NaN or infinite
    COSMIC_RAY = 16  # stands out of its neighbourhood by many sigma
    OUTSIDE = 32  # beyond the end of the observed arm: filled, not measured
    NO_CONTINUUM = 64  # the pseudo-continuum is not positive here
    USER = 128  # masked by hand
    NO_DATA = 256  # the flux is exactly zero: the survey fills so where nothing was recorded
    REJECTED = 512  # bad in some exposure, and the recipe rejects such pixels
    UNTAUGHT = 1024  # the model's training spectra are wrong here, and its recipe looks away

    @property
    def words(self) -> str:
        """The reasons in words, for tooltips and tables."""
        return ", ".join(_REASON_WORDS[reason] for reason in MaskReason if reason in self)


_REASON_WORDS = {
    MaskReason.ANDMASK: "bad in every exposure (ANDMASK)",
    MaskReason.ORMASK: "bad in some exposure (ORMASK)",
    MaskReason.NO_IVAR: "no inverse variance",
    MaskReason.NON_FINITE: "not a number",
    MaskReason.COSMIC_RAY: "cosmic ray",
    MaskReason.OUTSIDE: "outside the observed range",
    MaskReason.NO_CONTINUUM: "no continuum",
    MaskReason.USER: "masked by hand",
    MaskReason.NO_DATA: "nothing recorded (flux exactly zero)",
    MaskReason.REJECTED: "rejected for its ORMASK",
    MaskReason.UNTAUGHT: "left out by the recipe",
}

# ORMASK alone does not make a pixel bad: one poor exposure of three is averaged down by its inverse variance.
BAD_PIXEL = MaskReason(0xFFFF & ~MaskReason.ORMASK)


@dataclass(frozen=True, eq=False)
class Arm:
    """One stretch of wavelength: `B`, `R` (MRS), `LRS`, or the name that a foreign file gives.

    Wavelengths in Angstrom, strictly increasing; inverse variance in flux units to the power -2; `mask` holds
    `MaskReason` bits. `continuum` is in the units of the flux before division, once a recipe has found it.
    """

    name: str
    wavelength_angstrom: FloatArray
    flux: FloatArray
    ivar: FloatArray
    mask: MaskArray
    snr: float | None = None
    resolution: float | None = None
    continuum: FloatArray | None = None

    def __post_init__(self) -> None:
        for name, dtype in (("wavelength_angstrom", np.float64), ("flux", None), ("ivar", None), ("mask", np.uint16)):
            values = getattr(self, name)
            object.__setattr__(self, name, read_only(values, dtype or _floating(values)))
        if self.continuum is not None:
            object.__setattr__(self, "continuum", read_only(self.continuum, np.float64))
        self._check()

    def _check(self) -> None:
        shape = self.wavelength_angstrom.shape
        if len(shape) != 1 or shape[0] < 2:
            raise _broken(f"arm {self.name} has wavelengths of shape {shape}, not a row of two or more pixels")
        for name in ("flux", "ivar", "mask", "continuum"):
            values = getattr(self, name)
            if values is not None and values.shape != shape:
                raise _broken(f"arm {self.name} has {shape[0]} wavelengths but {name} has the shape {values.shape}")
        steps = np.diff(self.wavelength_angstrom)
        if not (np.isfinite(self.wavelength_angstrom).all() and (steps > 0).all() and self.wavelength_angstrom[0] > 0):
            raise _broken(f"the wavelengths of arm {self.name} are not positive and strictly increasing")

    def __len__(self) -> int:
        return int(self.wavelength_angstrom.shape[0])

    @property
    def is_good(self) -> BoolArray:
        """True where a pixel can be trusted."""
        good: BoolArray = (self.mask & BAD_PIXEL) == 0
        return good

    @property
    def sigma(self) -> FloatArray:
        """One standard deviation of the flux; infinite where nothing is known."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.ivar > 0, 1.0 / np.sqrt(np.abs(self.ivar)), np.inf)


@dataclass(frozen=True)
class SignalToNoise:
    """Signal-to-noise ratio per pixel in the survey's bands (LRS: u g r i z; MRS: blue and red arm)."""

    u: float | None = None
    g: float | None = None
    r: float | None = None
    i: float | None = None
    z: float | None = None
    blue: float | None = None
    red: float | None = None

    def known(self) -> dict[str, float]:
        """The bands that the file tells."""
        return {band: value for band, value in vars(self).items() if value is not None}


@dataclass(frozen=True)
class HeaderFacts:
    """What the file says of its star. `None` is a fact that the file does not tell, never a number."""

    obsid: int | None = None
    designation: str | None = None
    object_name: str | None = None
    ra_deg: float | None = None
    dec_deg: float | None = None
    object_class: str | None = None
    subclass: str | None = None
    redshift: float | None = None
    redshift_sigma: float | None = None
    snr: SignalToNoise = SignalToNoise()
    plan_id: str | None = None
    observed_at: str | None = None
    release: str | None = None
    pipeline: str | None = None


@dataclass(frozen=True)
class Source:
    """Where a spectrum came from, exactly enough to find it again and to know it is the same."""

    file_name: str
    path: str
    sha256: str
    layout: str


@dataclass(frozen=True)
class RadialVelocity:
    """A radial velocity in km/s, where it came from, and (for our own) how far its peak stands above the noise."""

    value_km_s: float
    sigma_km_s: float | None
    source: VelocitySource
    quality: float | None = None
    template: str | None = None

    # Peak over noise of the correlation: pure noise reaches 3.4, dark exposures 4.2, galaxies 1.7; of 2,300 real stars
    # (S/N 3 to 800) 99% exceed 8.
    RELIABLE_QUALITY = 5.0

    @property
    def is_reliable(self) -> bool:
        """A velocity that somebody gave is taken at its word; our own must stand out of the noise."""
        return self.quality is None or self.quality >= self.RELIABLE_QUALITY


@dataclass(frozen=True, eq=False)
class Spectrum:
    """A star's spectrum: one exposure, or the survey's coadd, with one or more arms."""

    arms: tuple[Arm, ...]
    medium: Medium
    frame: Frame
    source: Source
    header: HeaderFacts = field(default_factory=HeaderFacts)
    exposure: str = "coadd"
    velocity: RadialVelocity | None = None
    is_foreign: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.arms:
            raise _broken("the spectrum has no arm")
        if self.medium not in ("air", "vacuum") or self.frame not in ("observed", "rest"):
            raise _broken(f"medium {self.medium!r} or frame {self.frame!r} is not one of air|vacuum, observed|rest")
        if len({arm.name for arm in self.arms}) != len(self.arms):
            raise _broken("two arms have the same name")

    @property
    def instrument(self) -> Instrument:
        """By the layout that the spectrum was read from: in a prepared set the arms are the recipe's windows."""
        for instrument in _INSTRUMENTS:
            if instrument.lower() in self.source.layout:
                return instrument
        return "MRS" if {arm.name for arm in self.arms} & {"B", "R"} else "LRS"

    def arm(self, name: str) -> Arm:
        """The arm of that name."""
        for arm in self.arms:
            if arm.name == name:
                return arm
        raise StellarViewError(
            f"The spectrum {self.source.file_name} has no arm {name!r}.",
            f"Its arms are {', '.join(arm.name for arm in self.arms)}.",
            "Choose one of these arms.",
        )

    def with_velocity(self, velocity: RadialVelocity) -> Self:
        """The same spectrum with another radial velocity; only a spectrum in the observed frame can take one."""
        if self.frame == "rest":
            raise StellarViewError(
                f"The spectrum {self.source.file_name} is already at rest.",
                "Its wavelengths were divided by (1 + RV/c) before: a second velocity would shift it twice.",
                "Start from the spectrum in its observed frame.",
            )
        return replace(self, velocity=velocity)


def _floating(values: object) -> type[np.floating]:
    """float32 stays float32 (half the memory of a session), anything else becomes float64."""
    return np.float32 if getattr(values, "dtype", None) in (np.float32, np.dtype(">f4")) else np.float64


def _broken(why: str) -> StellarViewError:
    return StellarViewError(
        "These numbers do not make a spectrum.", why[0].upper() + why[1:] + ".", "Check the file that they came from."
    )
