"""What a row of the table of readers is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stellarview.domain.spectrum import Spectrum
from stellarview.io.file_bytes import FileBytes
from stellarview.io.fits_blocks import Hdu


@dataclass(frozen=True)
class Reader:
    """A file layout: how it is recognised by its content, and how it is read."""

    layout: str
    about: str
    recognises: Callable[[Sequence[Hdu]], bool]
    read: Callable[[FileBytes, Sequence[Hdu]], tuple[Spectrum, ...]]
