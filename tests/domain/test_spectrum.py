"""The frozen facts of a spectrum."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from spectra import arm, spectrum

from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import BAD_PIXEL, HeaderFacts, MaskReason, RadialVelocity, SignalToNoise


def test_that_arrays_are_read_only() -> None:
    with pytest.raises(ValueError, match="read-only"):
        arm().flux[0] = 2.0


def test_that_an_arm_does_not_change_when_the_array_it_was_made_from_does() -> None:
    flux = np.ones(8)
    made = arm(flux=flux)
    flux[0] = 99.0
    assert made.flux[0] == 1.0


def test_that_big_endian_arrays_of_fits_become_native() -> None:
    assert arm(flux=np.ones(8, dtype=">f4")).flux.dtype == np.dtype(np.float32)


@pytest.mark.parametrize(
    "changes",
    [
        {"flux": np.ones(7)},
        {"mask": np.zeros((8, 1), dtype=np.uint16)},
        {"wavelength_angstrom": np.array([5000.0, 5001, 5001, 5003, 5004, 5005, 5006, 5007])},
        {"wavelength_angstrom": np.array([5000.0, np.nan, 5002, 5003, 5004, 5005, 5006, 5007])},
        {"wavelength_angstrom": np.arange(8.0)},
    ],
    ids=[
        "flux too short",
        "mask of another shape",
        "a step of zero",
        "a wavelength that is no number",
        "a wavelength of 0",
    ],
)
def test_that_numbers_that_make_no_spectrum_are_refused(changes: dict[str, np.ndarray]) -> None:
    with pytest.raises(StellarViewError) as caught:
        arm(**changes)
    assert all(caught.value.as_dict().values())


def test_that_ormask_alone_does_not_make_a_pixel_bad() -> None:
    mask = np.array([0, MaskReason.ORMASK, MaskReason.ANDMASK, MaskReason.ORMASK | MaskReason.COSMIC_RAY] * 2)
    assert arm(mask=mask).is_good.tolist() == [True, True, False, False] * 2


def test_that_every_mask_reason_has_words() -> None:
    assert all(reason.words for reason in MaskReason)
    assert MaskReason.ORMASK not in BAD_PIXEL


def test_that_the_error_of_a_pixel_without_information_is_infinite() -> None:
    assert arm(ivar=np.array([4.0, 0, 1, 1, 1, 1, 1, 1])).sigma[:2].tolist() == [0.5, np.inf]


def test_that_a_spectrum_at_rest_takes_no_second_velocity() -> None:
    velocity = RadialVelocity(10.0, None, "user")
    assert spectrum().with_velocity(velocity).velocity == velocity
    with pytest.raises(StellarViewError, match="already at rest"):
        spectrum(frame="rest").with_velocity(velocity)


def test_that_a_missing_arm_is_named_with_those_that_are_there() -> None:
    with pytest.raises(StellarViewError, match="B, R"):
        spectrum(arm("B"), arm("R")).arm("LRS")


def test_that_two_arms_of_one_name_are_refused() -> None:
    with pytest.raises(StellarViewError):
        spectrum(arm("B"), arm("B"))


def test_that_a_spectrum_survives_the_way_to_another_process() -> None:
    there = pickle.loads(pickle.dumps(spectrum(header=HeaderFacts(obsid=1, snr=SignalToNoise(g=3.0)))))
    assert there.header.snr.known() == {"g": 3.0}
    assert np.array_equal(there.arms[0].flux, arm().flux)


@pytest.mark.parametrize(
    ("quality", "is_reliable"), [(None, True), (3.0, False), (12.0, True)], ids=["given", "in the noise", "clear"]
)
def test_that_a_velocity_in_the_noise_is_not_called_reliable(quality: float | None, is_reliable: bool) -> None:
    assert RadialVelocity(0.0, 1.0, "cross-correlation", quality).is_reliable is is_reliable
