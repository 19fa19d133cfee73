"""Array types, and how an array becomes read-only."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

FloatArray = NDArray[np.floating[Any]]
MaskArray = NDArray[np.uint16]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.integer[Any]]


def read_only(values: ArrayLike, dtype: DTypeLike) -> NDArray[Any]:
    """A read-only array of the given type in the machine's byte order; what can still be written to is copied."""
    array = np.asarray(values, dtype=np.dtype(dtype).newbyteorder("="))
    if array.flags.writeable:
        array = np.array(array, order="C")
        array.flags.writeable = False
    return array
