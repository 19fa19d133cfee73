"""HDF5 sets of thousands to millions of spectra, read and written chunk by chunk; `SET_LAYOUTS` is the table."""

from __future__ import annotations

from stellarview.io.sets.layouts import SET_LAYOUTS
from stellarview.io.sets.spectrum_set import SpectrumSet, is_spectrum_set, open_spectrum_set, write_spectrum_set
from stellarview.io.sets.writer import SpectrumSetWriter

__all__ = [
    "SET_LAYOUTS",
    "SpectrumSet",
    "SpectrumSetWriter",
    "is_spectrum_set",
    "open_spectrum_set",
    "write_spectrum_set",
]
