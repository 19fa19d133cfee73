"""The continua that were fitted: kept for the arms that were looked at last, as a new velocity changes neither."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

from stellarview.domain.spectrum import Arm, Spectrum

_CONTINUA: OrderedDict[tuple[Arm, ...], tuple[Arm, ...]] = OrderedDict()
_MOST_CONTINUA = 24


def know_continuum(arms: tuple[Arm, ...], fitted: tuple[Arm, ...]) -> None:
    """What was made of these arms, maybe by another process: a fit takes longer than a window may stand still."""
    _CONTINUA[arms] = fitted
    while len(_CONTINUA) > _MOST_CONTINUA:
        _CONTINUA.popitem(last=False)


def known_continuum(spectrum: Spectrum) -> Spectrum | None:
    """The spectrum with its bad pixels marked and its continuum; None where nobody has fitted it."""
    fitted = _CONTINUA.get(spectrum.arms)
    return None if fitted is None else replace(spectrum, arms=fitted)
