"""The bundled templates."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.io import velocity_templates as module
from stellarview.io.velocity_templates import velocity_templates


@pytest.mark.parametrize(("kind", "arms", "fewest"), [("LRS", {"LRS"}, 15), ("MRS", {"B", "R"}, 9)])
def test_that_templates_have_a_continuum_near_one_and_lines(kind: str, arms: set[str], fewest: int) -> None:
    templates = velocity_templates(kind)  # type: ignore[arg-type]
    assert set(templates.arms) == arms
    assert len(templates.names) >= fewest
    for arm in templates.arms.values():
        assert arm.flux_TM.shape[0] == len(templates.names)
        assert np.percentile(arm.flux_TM, 95) == pytest.approx(1.0, abs=0.16)
        assert (arm.flux_TM.std(axis=1) > 0.005).all()


def test_that_strong_lines_of_the_templates_lie_at_their_laboratory_wavelengths() -> None:
    templates = velocity_templates("MRS")
    solar, blue, red = templates.names.index("dwarf 5700 K"), templates.arms["B"], templates.arms["R"]
    for arm, line in ((blue, 5185.048), (blue, 5174.125), (red, 6564.61), (red, 6439.0 + 1.78 + 0.08)):
        near = np.abs(10**arm.log10_wavelength - line) < 0.6
        minimum = 10 ** arm.log10_wavelength[near][arm.flux_TM[solar][near].argmin()]
        assert minimum == pytest.approx(line, abs=0.1)


def test_that_missing_templates_tell_the_user_to_install_again(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "rv_templates.h5").write_bytes(b"damaged")
    monkeypatch.setattr(module, "resource_path", lambda name: tmp_path / name)
    with pytest.raises(StellarViewError, match="Install StellarView again"):
        velocity_templates.__wrapped__("LRS")
