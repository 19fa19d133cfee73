"""Whether a spectral type says that a star is hotter or cooler than all that a network learned from."""

from __future__ import annotations

from stellarview.domain.plausible_lines import rough_teff_k, teff_of_subtype_k
from stellarview.domain.prediction import Mixture
from stellarview.domain.subtype import subtype_number, subtype_text

# Types tell temperatures roughly: a star so near the end of the range may be within it.
_LEEWAY = 0.05
_SIGMAS = 1.5
# None of 64 real stars of the release that was learned from is farther off; noise alone puts 1 in 370 there.
_CONTRADICTED_SIGMAS = 3.0
_NO_STARS = ("GALAXY", "QSO")
# Kinds of stars that have no place between O and M.
_NO_MK_TYPES = ("WD", "DA", "DB", "sdB", "sdO", "Carbon", "CV")
Range = tuple[float, float]


def file_class_beyond(subclass: str, range_k: Range) -> str:
    """What to say of a star whose survey class lies beyond the training range of Teff; '' where it does not."""
    teff_k = rough_teff_k(subclass)
    if teff_k is None or not _is_beyond((teff_k, teff_k), range_k):
        return ""
    return _words(f"the file's class {subclass}", teff_k, range_k)


def no_star(object_class: str) -> str:
    """What to say of stellar labels where the survey calls the source a galaxy or a quasar; '' where it does not."""
    kind = object_class.strip().upper()
    return f"the file's class {kind} is no star's" if kind in _NO_STARS else ""


def no_mk_type(subclass: str) -> str:
    """What to say of an MK type where the survey's class is of another kind of stars; '' where it is not."""
    return f"the file's class {subclass} is no MK type" if subclass.startswith(_NO_MK_TYPES) else ""


def contradicted(subclass: str, subtype: Mixture) -> str:
    """What to say of a told MK type that is many sigma from the survey's class; '' where it is not."""
    known = subtype_number(subclass)
    off = 0.0 if known is None else abs(subtype.mean - known) / subtype.sigma
    return f"{off:.1f} sigma from the file's class {subclass}" if off > _CONTRADICTED_SIGMAS else ""


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
