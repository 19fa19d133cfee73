"""The quantities that a network can tell, in catalogue order: key, name on screen, unit, names that tables use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Label:
    """One stellar parameter. `key` names columns and files, `text` is what a reader sees."""

    key: str
    text: str
    unit: str
    meaning: str
    aliases: tuple[str, ...] = ()


_ABUNDANCES = ("C", "N", "O", "Mg", "Al", "Si", "S", "K", "Ca", "Ti", "Cr", "Mn", "Fe", "Ni", "Cu")


def _abundance(element: str) -> Label:
    short = element.lower()
    meaning = f"abundance of {element} relative to the Sun"
    other_names = ("m_h", "metallicity") if element == "Fe" else ()
    return Label(f"{short}h", f"[{element}/H]", "dex", meaning, (f"{short}_h", f"[{short}/h]", *other_names))


_TEFF_NAMES = ("t_eff", "temperature", "teff_k", "effective_temperature")
_LOGG_NAMES = ("log_g", "log(g)", "gravity", "surface_gravity")

# The 17 labels of the RRNet catalogue, in its column order.
LABELS: dict[str, Label] = {
    label.key: label
    for label in (
        Label("teff", "Teff", "K", "effective temperature", _TEFF_NAMES),
        Label("logg", "log g", "dex", "logarithm of the surface gravity in cm/s2", _LOGG_NAMES),
        *(_abundance(element) for element in _ABUNDANCES),
    )
}

# Not in that catalogue: the one label of ResNet-subtype.
_SUBTYPE = Label("subtype", "subtype", "", "MK spectral subtype as a number: O0 is 0, B0 is 1, G2 is 4.2, M9 is 6.9")


def _relative_to_iron(element: str) -> Label:
    meaning = f"abundance of {element} relative to that of iron, both relative to the Sun"
    return Label(f"{element.lower()}_fe", f"[{element}/Fe]", "dex", meaning)


# [X/H] key -> the label [X/Fe] that follows from it.
_RATIOS = {_abundance(element).key: _relative_to_iron(element) for element in _ABUNDANCES if element != "Fe"}
_NAMED = LABELS | {label.key: label for label in (*_RATIOS.values(), _SUBTYPE)}


def label_named(key: str) -> Label:
    """The label of this key, [X/Fe] and subtype too; what nobody knows is called by its key and has no unit."""
    return _NAMED.get(key) or Label(key, key, "", key)


def relative_to_iron(keys: Sequence[str]) -> dict[str, Label]:
    """[X/H] key -> the label [X/Fe] that follows from it, of all elements but iron; none where [Fe/H] is not told."""
    return {key: _RATIOS[key] for key in keys if key in _RATIOS} if "feh" in keys else {}
