"""Loads the bundled radial-velocity templates; `resources/make/make_rv_templates.py` tells how they were made."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np

from stellarview.domain.errors import StellarViewError
from stellarview.domain.velocity_templates import TemplateArm, VelocityTemplates
from stellarview.io.resources import resource_path

if TYPE_CHECKING:
    import h5py


@cache
def velocity_templates(kind: Literal["LRS", "MRS"]) -> VelocityTemplates:
    """The templates for low- or medium-resolution spectra."""
    import h5py  # the window loads this module and needs no file of HDF5

    path = resource_path("rv_templates.h5")
    try:
        with h5py.File(path, "r") as file:
            group = file[kind]
            names = tuple(name.decode() for name in group["names"][:])
            arms = {arm: _read_arm(group[arm]) for arm in group if arm != "names"}
            return VelocityTemplates(kind, names, arms, float(group.attrs["survey_offset_km_s"]))
    except (OSError, KeyError) as error:
        raise StellarViewError(
            f"The program's own file {path.name} cannot be read.", f"{error}.", "Install StellarView again."
        ) from error


def _read_arm(dataset: h5py.Dataset) -> TemplateArm:
    flux = dataset[:].astype(np.float32)
    return TemplateArm(float(dataset.attrs["log10_start"]), float(dataset.attrs["log10_step"]), flux)
