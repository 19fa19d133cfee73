"""Template spectra at rest, ready to be slid over an observed one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import FloatArray


@dataclass(frozen=True, eq=False)
class TemplateArm:
    """Templates of one arm on a log-linear vacuum grid: T templates by M pixels, continuum near 1."""

    log10_start: float
    log10_step: float
    flux_TM: FloatArray

    @property
    def log10_wavelength(self) -> FloatArray:
        """The grid, log10 Angstrom."""
        return np.asarray(self.log10_start + self.log10_step * np.arange(self.flux_TM.shape[1]))


@dataclass(frozen=True, eq=False)
class VelocityTemplates:
    """A set of templates for one kind of spectrum; all arms hold the same templates in the same order.

    `survey_offset_km_s` is what a velocity on the templates' scale (line positions) exceeds one on the survey's own
    scale by: subtracted from our velocities of that survey, so that they compare with its header values.
    """

    kind: str
    names: tuple[str, ...]
    arms: Mapping[str, TemplateArm]
    survey_offset_km_s: float = 0.0
