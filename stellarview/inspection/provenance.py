"""What lets somebody else get the same answers: the file, the models, the programs and the command."""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Mapping
from dataclasses import fields
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from stellarview import __version__
from stellarview.domain.exposures import provenance
from stellarview.domain.inspection import Inspection
from stellarview.domain.model_card import ModelCard
from stellarview.domain.results import known
from stellarview.domain.spectrum import HeaderFacts
from stellarview.io.names import printable
from stellarview.recipes import recipe_from_json
from stellarview.recipes.words import recipe_words

_PACKAGES = ("numpy", "torch", "h5py", "astropy", "matplotlib")


def provenance_facts(inspection: Inspection, cards: Mapping[str, ModelCard], command: str) -> dict[str, Any]:
    """JSON-ready: input and checksum, velocity, models with the checksums of weights and recipe, versions, command.

    `cards` are by the names that the models were asked for; of those that failed the reason stands instead.
    """
    spectrum = inspection.spectrum
    source, velocity, explained = spectrum.source, spectrum.velocity, inspection.explained
    return {
        "input": {
            "path": printable(source.path),
            "sha256": source.sha256,
            "layout": source.layout,
            "exposure": spectrum.exposure,
            "header": _header_facts(spectrum.header),
        },
        "velocity": None
        if velocity is None
        else {
            "km_s": known(velocity.value_km_s),
            "sigma_km_s": known(velocity.sigma_km_s),
            "source": velocity.source,
            "reliable": velocity.is_reliable,
        },
        "models": [_model_facts(cards[name]) for name in inspection.predictions if name in cards],
        "explained": None
        if explained is None
        else {
            "label": explained.attribution.label_key,
            "model": explained.model,
            "methods": [one.method for one in (explained.attribution, explained.colour) if one is not None],
        },
        "isochrones": None if inspection.placement is None else inspection.placement.grid,
        "refusals": {name: error.as_dict() for name, error in inspection.refusals.items()},
        "versions": versions(),
        "command": printable(command),
    }


def provenance_line(inspection: Inspection, cards: Mapping[str, ModelCard]) -> str:
    """The same in small print: a line for a foot and for a figure's metadata."""
    models = [f"{cards[name].name} ({cards[name].weights_sha256[:12]})" for name in inspection.predictions]
    parts = [provenance(inspection.spectrum), f"models with sha256 of weights: {', '.join(models) or 'none'}"]
    if inspection.placement is not None:
        parts.append(f"isochrones {inspection.placement.grid}")
    told = versions()
    parts.append(", ".join(f"{name} {told[name]}" for name in ("python", "numpy", "torch") if told.get(name)))
    return "; ".join(parts)


def versions() -> dict[str, str | None]:
    """The programs that made it."""
    return {
        "stellarview": __version__,
        "python": platform.python_version(),
        **{package: _version(package) for package in _PACKAGES},
    }


def _version(package: str) -> str | None:
    """From what is installed: importing torch for its number would take seconds."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _header_facts(header: HeaderFacts) -> dict[str, Any]:
    """What the file tells; what it does not tell is left out."""
    told = {field.name: getattr(header, field.name) for field in fields(header) if field.name != "snr"}
    facts = {name: known(printable(value) if isinstance(value, str) else value) for name, value in told.items()}
    snr = {band: known(value) for band, value in header.snr.known().items()}
    return {name: value for name, value in (facts | {"snr": snr or None}).items() if value is not None}


def _model_facts(card: ModelCard) -> dict[str, Any]:
    recipe = json.dumps(dict(card.recipe), sort_keys=True).encode()
    return {
        "name": card.name,
        "weights_sha256": card.weights_sha256,
        "recipe": card.recipe["name"],
        "recipe_steps": recipe_words(recipe_from_json(card.recipe)),
        "recipe_sha256": hashlib.sha256(recipe).hexdigest(),
        "architecture": card.architecture,
        "members": card.members,
    }
