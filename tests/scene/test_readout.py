"""What the crosshair says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from explained_star import EVERYTHING, star, view

from stellarview.scene.readout import readout
from stellarview.scene.shown import SpectrumView


def test_that_a_pixel_is_told_with_all_that_is_known_of_it() -> None:
    assert readout(view(), 0, 5185.1) == (
        "5185.00 Å rest (vacuum), 5186.04 Å observed   flux 0.4003 ± 0.01   B, coadd, pixel 170   Mg b1 -0.05 Å   "
        "cam for Teff +3 K per network pixel   saliency for Teff +0.999 ± 0.1 K per 1% of the continuum"
    )


def test_that_a_strip_tells_the_same_as_the_flux_over_it() -> None:
    assert readout(view(), 3, 6560.0) == readout(view(), 1, 6560.0)


def test_that_unit_medium_and_frame_are_those_of_the_axis() -> None:
    choices = replace(EVERYTHING, x_unit="nm", medium="air", frame="observed")
    assert readout(view(choices), 0, 518.46).startswith("518.459 nm observed (air), 518.356 nm rest")


def test_that_a_bad_pixel_says_why() -> None:
    blue = star().arms[0]
    mask = np.zeros(400, dtype=np.uint16)
    mask[100] = 1 + 16
    bad = replace(star(), arms=(replace(blue, mask=mask),))
    assert readout(view(spectrum=bad), 0, 5150.0).endswith("bad in every exposure (ANDMASK), cosmic ray")


@pytest.mark.parametrize("x", [0.0, 5099.0, 1e9])
def test_that_beside_the_arm_nothing_is_said(x: float) -> None:
    assert readout(view(), 0, x) == ""


def test_that_an_error_that_is_not_known_is_not_made_up() -> None:
    blue = replace(star().arms[0], ivar=np.zeros(400))
    said = readout(SpectrumView(replace(star(None), arms=(blue,))), 0, 5110.0)
    assert "flux 1, error not known" in said
    assert "rest" not in said
