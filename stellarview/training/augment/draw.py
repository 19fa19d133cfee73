"""Random numbers for augmentations, on the device and of the type of the spectra they are for."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Generator, Tensor


def uniform(shape: tuple[int, ...], low: float, high: float, like: Tensor, random: Generator) -> Tensor:
    """Numbers from `low` (included) to `high` (excluded)."""
    return like.new_empty(shape).uniform_(low, high, generator=random)


def log_uniform(shape: tuple[int, ...], low: float, high: float, like: Tensor, random: Generator) -> Tensor:
    """Numbers whose logarithms are uniform: as many between 10 and 20 as between 50 and 100."""
    return uniform(shape, math.log(low), math.log(high), like, random).exp()


def normal(shape: tuple[int, ...], like: Tensor, random: Generator) -> Tensor:
    """Numbers from a Gaussian of mean 0 and sigma 1."""
    return like.new_empty(shape).normal_(generator=random)


def whole(shape: tuple[int, ...], low: int, high: int, like: Tensor, random: Generator) -> Tensor:
    """Whole numbers from `low` (included) to `high` (excluded)."""
    return uniform(shape, low, high, like, random).floor().long().clamp(low, high - 1)


def runs(longest: int, like_BL: Tensor, random: Generator) -> Tensor:
    """True within one run of 1 to `longest` pixels in each spectrum, wholly inside it."""
    n_spectra, n_pixels = like_BL.shape
    length_B1 = whole((n_spectra, 1), 1, min(longest, n_pixels) + 1, like_BL, random)
    start_B1 = (uniform((n_spectra, 1), 0.0, 1.0, like_BL, random) * (n_pixels - length_B1 + 1)).floor().long()
    start_B1 = start_B1.minimum(n_pixels - length_B1)
    place_L = (like_BL.new_ones(n_pixels).cumsum(0) - 1).long()
    return (place_L >= start_B1) & (place_L < start_B1 + length_B1)
