"""The facts of a spectrum as the command line tells them: JSON-ready, and as a table for the eye."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from stellarview.domain.spectrum import Arm, RadialVelocity, Spectrum
from stellarview.io.names import printable


def spectrum_facts(spectrum: Spectrum, exposures: list[str], measured: RadialVelocity | None = None) -> dict[str, Any]:
    """Everything that is known of a spectrum before a network sees it, JSON-ready; what is not known is null."""
    header = spectrum.header
    facts = {
        "file": printable(spectrum.source.path),
        "layout": spectrum.source.layout,
        "release": header.release,
        "pipeline": header.pipeline,
        "foreign": spectrum.is_foreign,
        "medium": spectrum.medium,
        "frame": spectrum.frame,
        "exposures": exposures,
        "arms": [_arm_facts(arm) for arm in spectrum.arms],
        "obsid": header.obsid,
        "designation": header.designation,
        "object": header.object_name,
        "ra_deg": header.ra_deg,
        "dec_deg": header.dec_deg,
        "observed_at": header.observed_at,
        "class": header.object_class,
        "subclass": header.subclass,
        "redshift": header.redshift,
        "redshift_sigma": header.redshift_sigma,
        "snr": header.snr.known(),
        "rv": _velocity_facts(spectrum.velocity),
        "rv_measured": _velocity_facts(measured),
        "notes": list(spectrum.notes),
        "sha256": spectrum.source.sha256,
    }
    return {key: _rounded(value) for key, value in facts.items()}


def _arm_facts(arm: Arm) -> dict[str, Any]:
    return {
        "name": arm.name,
        "pixels": len(arm),
        "first_angstrom": float(arm.wavelength_angstrom[0]),
        "last_angstrom": float(arm.wavelength_angstrom[-1]),
        "snr": arm.snr,
        "bad_pixels": int(np.count_nonzero(~arm.is_good)),
        "resolution": arm.resolution,
    }


def _velocity_facts(velocity: RadialVelocity | None) -> dict[str, Any] | None:
    if velocity is None:
        return None
    return {
        "km_s": velocity.value_km_s,
        "sigma_km_s": velocity.sigma_km_s,
        "source": velocity.source,
        "quality": velocity.quality,
        "template": velocity.template,
        "reliable": velocity.is_reliable,
    }


def _rounded(value: Any) -> Any:
    """Ten digits say all that a float32 file knows; infinities and NaN are not JSON and not facts."""
    if isinstance(value, float):
        return float(f"{value:.10g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, list) else value


def facts_as_text(facts: dict[str, Any]) -> str:
    """A block of lines, the file's name first."""
    rows = [
        ("layout", f"{facts['layout']}  {facts['release'] or ''}  {facts['pipeline'] or ''}".rstrip()),
        ("star", _or_unknown(" ".join(str(facts[k]) for k in ("designation", "object") if facts[k]))),
        ("obsid", _or_unknown(facts["obsid"])),
        ("RA, Dec", _position_text(facts["ra_deg"], facts["dec_deg"])),
        ("class", _or_unknown(" ".join(str(facts[k]) for k in ("class", "subclass") if facts[k]))),
        ("S/N", _or_unknown("  ".join(f"{band} {value:.1f}" for band, value in facts["snr"].items()))),
        ("RV", _velocity_text(facts["rv"])),
        *((("", text),) if (text := _disagreement_text(facts["rv"], facts["rv_measured"])) else ()),
        *((("redshift", f"{facts['redshift']:.6g}"),) if _is_far(facts["redshift"]) else ()),
        ("exposures", ", ".join(facts["exposures"])),
        *((f"arm {arm['name']}", _arm_text(arm, facts["medium"])) for arm in facts["arms"]),
        *(("note", note) for note in facts["notes"]),
        *((("figure", facts["figure"]),) if "figure" in facts else ()),
    ]
    return "\n".join([facts["file"], *(f"  {name:<10} {text}" for name, text in rows)])


def _position_text(ra_deg: float | None, dec_deg: float | None) -> str:
    return "unknown" if ra_deg is None or dec_deg is None else f"{ra_deg:.6f}, {dec_deg:+.6f} deg"


def _is_far(redshift: float | None) -> bool:
    """Beyond what a star's velocity can be: a galaxy or a quasar, whose redshift says more than km/s."""
    return redshift is not None and abs(redshift) > 0.005


def _disagreement_text(stated: dict[str, Any] | None, measured: dict[str, Any] | None) -> str:
    """A word where our own clear measurement contradicts what the file says."""
    if stated is None or measured is None or not measured["reliable"] or stated["source"] == measured["source"]:
        return ""
    difference = abs(stated["km_s"] - measured["km_s"])
    sigma = math.hypot(stated["sigma_km_s"] or 0.0, measured["sigma_km_s"] or 0.0)
    if difference < 30.0 or difference < 5.0 * sigma or measured["quality"] < 10.0:
        return ""
    return f"DOUBTFUL: we measure {_velocity_text(measured)}"


def _arm_text(arm: dict[str, Any], medium: str) -> str:
    span = f"{arm['first_angstrom']:.2f} to {arm['last_angstrom']:.2f} A ({medium})"
    return f"{span}, {arm['pixels']} pixels, {arm['bad_pixels']} bad"


def _velocity_text(velocity: dict[str, Any] | None) -> str:
    if velocity is None:
        return "unknown"
    sigma = "" if velocity["sigma_km_s"] is None else f" +- {velocity['sigma_km_s']:.2f}"
    text = f"{velocity['km_s']:+.2f}{sigma} km/s, from {velocity['source']}"
    if velocity["quality"] is not None:
        text += f" with {velocity['template']}, peak {velocity['quality']:.1f} x noise"
    return text if velocity["reliable"] else f"{text}: UNRELIABLE"


def _or_unknown(value: Any) -> str:
    return str(value) if value not in (None, "") else "unknown"
