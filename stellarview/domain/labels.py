"""The quantities that a network can tell, in catalogue order: key, name on screen, unit, names that tables use."""

from __future__ import annotations

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
