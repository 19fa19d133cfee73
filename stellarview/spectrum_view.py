"""One star ready for the spectrum view: bad pixels marked, the continuum beside its flux; and exposures to choose."""

from __future__ import annotations

from collections.abc import Sequence

from stellarview.domain.attribution import Attribution
from stellarview.domain.continua import known_continuum
from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.explained import Explained, PhysicsExplained
from stellarview.domain.exposures import provenance
from stellarview.domain.measured_line import MeasuredLine
from stellarview.domain.spectrum import Spectrum
from stellarview.io.line_list import read_lines
from stellarview.scene.shown import SpectrumChoices, SpectrumView


def inspect_view(
    spectrum: Spectrum,
    choices: SpectrumChoices = SpectrumChoices(),  # noqa: B008  (frozen)
    *,
    explained: Explained | None = None,
    physics: PhysicsExplained | None = None,
    ghost: Spectrum | None = None,
    ghost_name: str = "",
    edits: Sequence[Edit] = (),
    is_waiting: bool = False,
    measured: Sequence[MeasuredLine] = (),
    occlusion: Attribution | None = None,
) -> SpectrumView:
    """What the scenes, names and readout of the spectrum view are made of; a continuum is fitted once a star."""
    return SpectrumView(
        _continued(spectrum),
        read_lines(),
        choices,
        explained,
        physics,
        None if ghost is None else _continued(ghost),
        ghost_name or (_name(ghost) if ghost is not None else ""),
        tuple(edits),
        _provenance(spectrum, explained),
        is_waiting,
        tuple(measured),
        occlusion,
        _edited(spectrum, edits),
    )


def _edited(spectrum: Spectrum, edits: Sequence[Edit]) -> Spectrum | None:
    """The spectrum after the edits over the same continuum; None where they change no flux, or cannot be made."""
    if all(edit.kind == "mask" for edit in edits):
        return None
    from stellarview.measurement.edits import with_edits  # and all recipes: not before somebody edits

    try:
        return with_edits(_continued(spectrum), edits)
    except StellarViewError:
        return None  # what is wrong is said with the predictions


def _continued(spectrum: Spectrum) -> Spectrum:
    known = known_continuum(spectrum)
    if known is None:  # the window has had it fitted by a child: it need not load what fits
        from stellarview.preparation import with_continuum

        return with_continuum(spectrum)
    return known


def exposures_of(spectra: Sequence[Spectrum]) -> list[tuple[str, str]]:
    """Each exposure's name, and what the picker says of it: when it was taken (UT, and LMJM) and its S/N."""
    return [(one.exposure, _exposure_words(one)) for one in spectra]


def _exposure_words(spectrum: Spectrum) -> str:
    when = "" if spectrum.exposure == "coadd" else (spectrum.header.observed_at or "").replace("T", " ")[:16]
    name = "coadd" if spectrum.exposure == "coadd" else f"{when} UT (LMJM {spectrum.exposure})".removeprefix(" UT ")
    ratios = "  ".join(f"{arm.name} {arm.snr:.0f}" for arm in spectrum.arms if arm.snr is not None)
    return f"{name}, S/N {ratios}" if ratios else name


def _name(spectrum: Spectrum) -> str:
    return spectrum.header.designation or spectrum.header.object_name or spectrum.source.file_name


def _provenance(spectrum: Spectrum, explained: Explained | None) -> str:
    model = f"; model {explained.model}" if explained is not None and explained.model else ""
    return f"{provenance(spectrum)}{model}"
