"""Writes isochrones as MIST does, in every habit that its official files have."""

from __future__ import annotations

import io
import lzma
import tarfile
from collections.abc import Sequence
from pathlib import Path

from stellarview.domain.isochrones import Isochrone

RULE = f"# {'-' * 86}"


def mist_text(
    curves: Sequence[Isochrone], *, photometry: bool = False, linear: bool = False, hash_before_eep: bool = True
) -> str:
    """An `.iso` file, or with photometry an `.iso.cmd` one, of curves with one [Fe/H]."""
    lines = ["# MIST version number  = 1.2     ", "# MESA revision number =     7503"]
    if photometry:
        lines.append("# photometric system   = UBV(RI)c (Vega)")
    lines += [RULE, "#  Yinit        Zinit   [Fe/H]   [a/Fe]  v/vcrit"]
    lines += [f"# 0.2703  1.42000E-02{curves[0].feh:9.2f}     0.00     0.40", RULE]
    lines.append(f"# number of isochrones ={len(curves):6d}")
    lines += ["# CCM89 extinction: Av =  0.000", RULE] if photometry else [RULE]
    for curve in curves:
        lines += [*_block(curve, photometry, linear, hash_before_eep), "", ""]
    return "\n".join(lines)


def _block(curve: Isochrone, photometry: bool, linear: bool, hash_before_eep: bool) -> list[str]:
    age_name = "isochrone_age_yr" if linear else "log10_isochrone_age_yr"
    age = 10.0**curve.log10_age_yr if linear else curve.log10_age_yr
    names = ["EEP", age_name, "initial_mass", "star_mass", "log_Teff", "log_g", "log_L"]
    names += ["Bessell_V", "phase"] if photometry else ["star_mdot", "phase"]
    lines = [f"# number of EEPs, cols ={len(curve):6d}{len(names):5d}"]
    lines += ["#" + "".join(f"{k + 1:31d}" for k in range(len(names)))]
    lines += [("# " if hash_before_eep else " ") + "".join(f"{name:>31}" for name in names)]
    columns = (curve.initial_mass_E, curve.mass_E, curve.log10_teff_E, curve.logg_E, curve.log10_luminosity_E)
    for e, eep in enumerate(curve.eep_E):
        values = [age, *(float(column[e]) for column in columns), 0.0, float(curve.phase_E[e])]
        lines.append(f"{eep:5d}" + "".join(f"{value:31.16E}" for value in values))
    return lines


def write_package(path: Path, members: dict[str, bytes | tarfile.TarInfo]) -> Path:
    """A `.txz` package; a TarInfo stands for a member without content, a link for example."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in members.items():
            if isinstance(content, tarfile.TarInfo):
                archive.addfile(content)
                continue
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    path.write_bytes(lzma.compress(buffer.getvalue(), preset=0))
    return path
