"""Which lines a spectroscopist expects in a star of this temperature, and which of those that coincide he names."""

from __future__ import annotations

import re
from collections.abc import Sequence

from stellarview.domain.lines import Line
from stellarview.domain.subtype import subtype_number

# A star of which nothing is known is taken for one such as most are.
USUAL_TEFF_K = 5800.0
# From here on Balmer lines swallow what stands beside them, and their higher members show.
HOT_TEFF_K = 7400.0
# Below, hydrogen's lines are as narrow as others.
_WINGS_TEFF_K = 5500.0
# Titanium oxide shows below: K5 and later.
VERY_COOL_TEFF_K = 4600.0

# Between these temperatures a species makes lines that can be seen at the survey's resolutions; K, by species.
_LOWEST_TEFF_K = {
    **dict.fromkeys(("Si II", "C II"), HOT_TEFF_K),
    **dict.fromkeys(("He I", "N II", "O II"), 10000.0),
    **dict.fromkeys(("C III", "N III", "Si III", "Si IV"), 15000.0),
    "He II": 25000.0,
}
_HIGHEST_TEFF_K = {
    **dict.fromkeys(("TiO", "VO", "CaH"), VERY_COOL_TEFF_K),
    "MgH": 5300.0,
    **dict.fromkeys(("CN", "C2"), 6300.0),
    "CH": 7000.0,
    **dict.fromkeys(("Li I", "K I", "Rb I", "V I", "Sc II", "Co I", "Cu I", "Zn I"), HOT_TEFF_K),
    **dict.fromkeys(("Ni I", "Ti I", "Cr I", "Mn I", "Si I", "Ba II", "Y II", "Zr II", "La II", "Nd II"), 9000.0),
    **dict.fromkeys(("Fe I", "Ca I", "Na I", "Al I", "Mg I"), 11000.0),
}
# Above, sodium shows by its resonance lines alone, which clouds between the stars make too.
_SODIUM_TEFF_K = 8000.0
_RARE_ELEMENTS = {"Li", "Sc", "V", "Co", "Cu", "Zn", "Rb", "Sr", "Y", "Zr", "Ba", "La", "Nd", "Eu", "C2"}
# Their lines drown in those of others where the instrument does not part them.
_TRACES = {"Sc", "V", "Co", "Cu", "Zn", "Y", "Zr", "La", "Nd", "Eu"}
_PARTING_RESOLUTION = 4000.0
# They need hot stars to be more than traces.
_HIGH_EXCITATION = {"C I", "N I", "O I", "S I"}
_HOT_ELEMENTS = {"H", "He", "Ca"}
_BALMER_REACH_ANGSTROM = 12.0
# Hydrogen's first line is a thermometer of solar stars by its wings, which reach farther than those of the next.
_H_ALPHA_REACH_ANGSTROM = 10.0
_G_BAND_ANGSTROM = 22.0
# Magnesium's triplet has wings of its own in cool stars, below this temperature.
_MG_B_REACH_ANGSTROM, _MG_B_WINGS_TEFF_K = 3.0, 6500.0
# In cool stars calcium H stands where H-epsilon would, and metals where the higher members would.
_HIGH_BALMER = re.compile(r"^(H-(epsilon|8|9|\d\d)|Pa-\d+)$")

# Effective temperatures of dwarfs at the begin of each class (Pecaut and Mamajek 2013, rounded), K.
_CLASS_TEFF_K = (45000.0, 31000.0, 9700.0, 7200.0, 5900.0, 5250.0, 3850.0, 2300.0)
# White dwarfs and hot subdwarfs have classes of their own.
_OTHER_KINDS_K = {"WD": 15000.0, "DA": 15000.0, "DB": 15000.0, "sdB": 28000.0, "sdO": 40000.0, "OB": 22000.0}
_STATED_TEFF = re.compile(r"(\d{4,5}) K\b")


def rough_teff_k(kind: str) -> float | None:
    """The temperature that a survey's subclass (`G2`, `dM4`) or a template's name (`giant 4000 K`) tells, roughly."""
    if stated := _STATED_TEFF.search(kind):
        return float(stated[1])
    for start, teff_k in _OTHER_KINDS_K.items():
        if kind.startswith(start):
            return teff_k
    number = subtype_number(kind)
    if number is None:
        number = subtype_number(f"{kind.partition(' ')[0]}5")  # a class without a subtype
    return None if number is None else teff_of_subtype_k(number)


def teff_of_subtype_k(number: float) -> float:
    """The temperature of a dwarf of this subtype as a number, roughly."""
    number = min(max(number, 0.0), len(_CLASS_TEFF_K) - 1.001)
    whole = int(number)
    return _CLASS_TEFF_K[whole] + (number - whole) * (_CLASS_TEFF_K[whole + 1] - _CLASS_TEFF_K[whole])


def is_plausible(
    line: Line, teff_k: float | None, balmer_angstrom: Sequence[float] = (), resolution: float | None = None
) -> bool:
    """No helium in a cool star, no oxides in a warm one, no metals in the wings of a hot star's Balmer lines.

    `balmer_angstrom` are the vacuum wavelengths of hydrogen's lines. Traces need the resolution to be seen.
    """
    teff_k = USUAL_TEFF_K if teff_k is None else teff_k
    if line.element in _TRACES and resolution is not None and resolution < _PARTING_RESOLUTION:
        return False
    if not _LOWEST_TEFF_K.get(line.species, 0.0) <= teff_k <= _HIGHEST_TEFF_K.get(line.species, 1e6):
        return False
    if line.species == "Na I" and teff_k > _SODIUM_TEFF_K and not line.name.startswith("Na D"):
        return False
    if teff_k < HOT_TEFF_K:
        return _HIGH_BALMER.match(line.name) is None
    wavelength = line.wavelength_vacuum_angstrom
    is_swallowed = any(abs(wavelength - centre) < _BALMER_REACH_ANGSTROM for centre in balmer_angstrom)
    return line.element in _HOT_ELEMENTS or not is_swallowed


def prominence(line: Line, teff_k: float | None = None) -> float:
    """Of lines that share a dip, a spectroscopist names the one with a name of its own, and a rare element last."""
    teff_k = USUAL_TEFF_K if teff_k is None else teff_k
    if line.element in _RARE_ELEMENTS or (line.species in _HIGH_EXCITATION and teff_k < HOT_TEFF_K):
        return 0.5
    if line.species == "H I":
        return 2.0 if teff_k > VERY_COOL_TEFF_K else 1.0
    if line.element in ("He", "CH") or line.species == "Ca II" or not line.name.startswith(line.species):
        return 2.0
    # Neutral metals rule cool stars, ionised ones hot stars.
    is_ion = line.species.endswith(" II")
    return 1.0 if is_ion == (teff_k > HOT_TEFF_K) else 0.8


def reach_angstrom(line: Line, teff_k: float | None) -> tuple[float, float]:
    """How far a line goes on its own beyond what the instrument makes of it, to the blue and to the red.

    The G band of CH is named as a whole; hydrogen in warm and hot stars has wings, the magnesium triplet in cool ones.
    """
    if line.element == "CH":
        return _G_BAND_ANGSTROM, 0.0
    if line.name.startswith("Mg b"):
        wing = _MG_B_REACH_ANGSTROM if teff_k is not None and teff_k < _MG_B_WINGS_TEFF_K else 0.0
        return wing, wing
    if line.species != "H I" or teff_k is None or teff_k < _WINGS_TEFF_K:
        return 0.0, 0.0
    if teff_k >= HOT_TEFF_K:
        return _BALMER_REACH_ANGSTROM, _BALMER_REACH_ANGSTROM
    wing = _H_ALPHA_REACH_ANGSTROM if line.name == "H-alpha" else _BALMER_REACH_ANGSTROM / 2
    return wing, wing


def hydrogen_angstrom(lines: Sequence[Line]) -> tuple[float, ...]:
    """Vacuum wavelengths of the hydrogen lines in a list."""
    return tuple(line.wavelength_vacuum_angstrom for line in lines if line.species == "H I")
