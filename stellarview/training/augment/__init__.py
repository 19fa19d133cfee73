"""What is done to training spectra at each look, so that networks learn what does not matter: `AUGMENTATIONS`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from stellarview.domain.typed_json import dataclass_from
from stellarview.training.augment.augmentation import Augmentation
from stellarview.training.augment.ccd_noise import CcdNoise
from stellarview.training.augment.continuum_tilt import ContinuumTilt
from stellarview.training.augment.cosmic_rays import CosmicRays
from stellarview.training.augment.dead_columns import DeadColumns
from stellarview.training.augment.line_depths import LineDepths
from stellarview.training.augment.masked_runs import MaskedRuns
from stellarview.training.augment.noise_at_snr import NoiseAtSnr
from stellarview.training.augment.resolution_jitter import ResolutionJitter
from stellarview.training.augment.velocity_jitter import VelocityJitter

AUGMENTATIONS: dict[str, type[Augmentation]] = {
    "noise_at_snr": NoiseAtSnr,
    "ccd_noise": CcdNoise,
    "cosmic_rays": CosmicRays,
    "dead_columns": DeadColumns,
    "velocity_jitter": VelocityJitter,
    "continuum_tilt": ContinuumTilt,
    "resolution_jitter": ResolutionJitter,
    "masked_runs": MaskedRuns,
    "line_depths": LineDepths,
}


def augmentations_from(entries: Sequence[Mapping[str, Any]]) -> tuple[Augmentation, ...]:
    """The augmentations of a configuration, each a table with `step` and its fields; ValueError where one is broken."""
    return tuple(_augmentation(entry) for entry in entries)


def _augmentation(entry: Mapping[str, Any]) -> Augmentation:
    if not isinstance(entry, Mapping) or entry.get("step") not in AUGMENTATIONS:
        raise ValueError(f"augment has {entry!r}, whose `step` is none of {', '.join(AUGMENTATIONS)}")
    parameters = {key: value for key, value in entry.items() if key != "step"}
    return dataclass_from(AUGMENTATIONS[entry["step"]], parameters, f"augment step {entry['step']}")
