"""Grows the columns of a spectrum set: numbers, and texts that may turn out longer than all before."""

from __future__ import annotations

from typing import Any

import h5py
import numpy as np
from numpy.typing import NDArray

from stellarview.io.sets.hdf5_rows import MAX_TEXT_BYTES

# gzip 2 with shuffle on 2,300 LAMOST spectra: 37.3 MB and 14,000 spectra/s to read; gzip 4: 37.3 MB, 10,900 spectra/s;
# lzf: 42.7 MB, 12,900 spectra/s.
PACKED: dict[str, Any] = {"compression": "gzip", "compression_opts": 2, "shuffle": True}
CHUNK_BYTES = 2**20
_CHUNK_ROWS = 1024
_NARROWEST_TEXT_BYTES = 16


def append_column(group: h5py.Group, name: str, values: NDArray[Any], before: int) -> None:
    """Add values to a column that has `before` rows; a new column begins with unknown ones."""
    if values.dtype == object:
        values = _encoded(values)
    if name not in group:
        _create(group, name, values.dtype, before)
    elif values.dtype.kind == "S" and values.dtype.itemsize > group[name].dtype.itemsize:
        _widen(group, name, values.dtype)
    group[name].resize((before + len(values),))
    group[name][before:] = values


def _encoded(texts: NDArray[Any]) -> NDArray[Any]:
    """UTF-8 of a fixed width, with room to spare so that columns are rarely rewritten; the longest notes are cut."""
    data = [text.encode()[:MAX_TEXT_BYTES].decode(errors="ignore").encode() for text in texts]
    width = _NARROWEST_TEXT_BYTES
    while width < max(map(len, data)):
        width *= 2
    return np.array(data, dtype=h5py.string_dtype("utf-8", width))


def _create(group: h5py.Group, name: str, dtype: np.dtype[Any], n_rows: int) -> None:
    rows = max(1, min(_CHUNK_ROWS, CHUNK_BYTES // dtype.itemsize))
    fill = {"f": np.nan, "S": b""}.get(dtype.kind, -1)
    group.create_dataset(name, shape=(n_rows,), maxshape=(None,), chunks=(rows,), dtype=dtype, fillvalue=fill, **PACKED)


def _widen(group: h5py.Group, name: str, dtype: np.dtype[Any]) -> None:
    """Copy a column of texts into a wider one: widths double, so each text moves a few times at most."""
    narrow = group[name]
    del group[name]  # the dataset lives on while it is open
    _create(group, name, dtype, len(narrow))
    step = narrow.chunks[0]
    for start in range(0, len(narrow), step):
        group[name][start : start + step] = narrow[start : start + step]
