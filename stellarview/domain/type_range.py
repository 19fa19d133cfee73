"""Whether a spectral type says that a star is hotter or cooler than all that a network learned from."""

from __future__ import annotations

from stellarview.domain.plausible_lines import rough_teff_k, teff_of_subtype_k
from stellarview.domain.prediction import Mixture
from stellarview.domain.subtype import subtype_text

# Types tell temperatures roughly: a star so near the end of the range may be within it.
_LEEWAY = 0.05
_SIGMAS = 1.5
Range = tuple[float, float]


def file_class_beyond(subclass: str, range_k: Range) -> str:
    """What to say of a star whose survey class lies beyond the training range of Teff; '' where it does not."""
    teff_k = rough_teff_k(subclass)
    if teff_k is None or not _is_beyond((teff_k, teff_k), range_k):
        return ""
    return _words(f"the file's class {subclass}", teff_k, range_k)


def subtype_beyond(subtype: Mixture, range_k: Range) -> str:
    """The same of the MK subtype that a network tells, with its sigma."""
    reach = _SIGMAS * subtype.sigma
    hottest_k, coolest_k = (teff_of_subtype_k(subtype.mean + sign * reach) for sign in (-1, 1))
    if not _is_beyond((coolest_k, hottest_k), range_k):
        return ""
    return _words(f"the MK type {subtype_text(subtype.mean)}", teff_of_subtype_k(subtype.mean), range_k)


def _is_beyond(of_type_k: Range, range_k: Range) -> bool:
    return of_type_k[1] < (1 - _LEEWAY) * range_k[0] or of_type_k[0] > (1 + _LEEWAY) * range_k[1]


def _words(of_what: str, teff_k: float, range_k: Range) -> str:
    limits = f"{range_k[0]:.0f} to {range_k[1]:.0f} K"
    return f"{of_what}, about {round(teff_k, -2):.0f} K, lies beyond the training range of Teff {limits}"
