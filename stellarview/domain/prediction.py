"""What an ensemble says of a star: for each label a mixture of its members' Gaussians, never just a number."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from stellarview.domain.arrays import FloatArray, read_only

_ERF = np.frompyfunc(math.erf, 1, 1)


@dataclass(frozen=True, eq=False)
class Mixture:
    """Equal parts of Gaussians, one a member: `mean_M` and `sigma_M` in the label's unit.

    Its variance splits (law of total variance): what the members on average think that the noise does (aleatoric), how
    far they disagree (epistemic), and, where they learned from synthetic spectra, how far these are off the sky
    (`misfit`). The last two are no matter of one member; `sigma_M` holds the misfit too.
    """

    mean_M: FloatArray
    sigma_M: FloatArray
    misfit: float = 0.0

    def __post_init__(self) -> None:
        for name in ("mean_M", "sigma_M"):
            object.__setattr__(self, name, read_only(getattr(self, name), np.float64))
        if self.mean_M.ndim != 1 or self.mean_M.shape != self.sigma_M.shape or not (self.sigma_M > 0).all():
            raise ValueError("a mixture needs as many positive sigmas as means")
        if not 0 <= self.misfit < self.sigma_M.min(initial=math.inf):
            raise ValueError("a misfit is a part of each member's sigma")

    @property
    def mean(self) -> float:
        """The mean of the mixture."""
        return float(self.mean_M.mean())

    @property
    def aleatoric(self) -> float:
        """The part of sigma that the noise makes: more members would not take it away."""
        return float(np.sqrt((self.sigma_M**2 - self.misfit**2).mean()))

    @property
    def epistemic(self) -> float:
        """The scatter of the members' means."""
        return float(self.mean_M.std())

    @property
    def sigma(self) -> float:
        """Standard deviation of the mixture."""
        return math.hypot(self.aleatoric, self.epistemic, self.misfit)

    def pdf(self, x: FloatArray) -> FloatArray:
        """Probability density, per unit of the label."""
        z = (np.asarray(x, dtype=np.float64)[..., None] - self.mean_M) / self.sigma_M
        return np.asarray((np.exp(-0.5 * z**2) / (self.sigma_M * math.sqrt(2 * math.pi))).mean(axis=-1))

    def cdf(self, x: FloatArray) -> FloatArray:
        """Probability of a smaller value."""
        z = (np.asarray(x, dtype=np.float64)[..., None] - self.mean_M) / (self.sigma_M * math.sqrt(2))
        return np.asarray(0.5 * (1.0 + np.asarray(_ERF(z), dtype=np.float64)).mean(axis=-1))

    def quantile(self, probability: float) -> float:
        """The value that a star exceeds with probability 1 - p, by bisection: a mixture has no closed form."""
        if not 0.0 < probability < 1.0:
            raise ValueError("a quantile needs a probability between 0 and 1")
        low, high = self._ends()
        for _ in range(80):
            middle = 0.5 * (low + high)
            low, high = (middle, high) if float(self.cdf(np.array(middle))) < probability else (low, middle)
        return 0.5 * (low + high)

    def interval(self, probability: float = 0.68) -> tuple[float, float]:
        """The central interval: as much probability below it as above."""
        return self.quantile(0.5 - probability / 2), self.quantile(0.5 + probability / 2)

    def densest(self, probability: float = 0.68) -> list[tuple[float, float]]:
        """The shortest set that holds so much probability (HPD): one interval, or several where members disagree."""
        x = np.linspace(*self._ends(reach=8.0), 8001)
        density = self.pdf(x)
        order = np.argsort(-density)
        share = np.cumsum(density[order]) * (x[1] - x[0])
        inside = np.zeros(x.size, dtype=bool)
        inside[order[: int(np.searchsorted(share, probability)) + 1]] = True
        edges = np.flatnonzero(np.diff(np.concatenate([[False], inside, [False]]).astype(np.int8)))
        return [(float(x[a]), float(x[b - 1])) for a, b in zip(edges[::2], edges[1::2], strict=True)]

    def _ends(self, reach: float = 12.0) -> tuple[float, float]:
        return float((self.mean_M - reach * self.sigma_M).min()), float((self.mean_M + reach * self.sigma_M).max())


@dataclass(frozen=True)
class ClassPrediction:
    """One class: its probability averaged over the members, and how far they disagree."""

    name: str
    probability: float
    scatter: float


@dataclass(frozen=True)
class Novelty:
    """How far a spectrum lies from the training set in the networks' own features.

    `percentile` is the share of training spectra that lie closer, in percent.
    """

    distance: float
    percentile: float

    # One training spectrum in a thousand is called unlike the training set.
    UNLIKE_PERCENTILE = 99.9

    @property
    def is_unlike(self) -> bool:
        """True for a spectrum such as the networks have not seen."""
        return self.percentile >= self.UNLIKE_PERCENTILE


@dataclass(frozen=True, eq=False)
class Prediction:
    """What a model says of one spectrum, and in words what a reader must know before believing it.

    `bounds` are the smallest sigma that any method could have, by key, [X/Fe] too; None where nobody can tell.
    """

    model: str
    labels: dict[str, Mixture]
    classes: tuple[ClassPrediction, ...] = ()
    novelty: Novelty | None = None
    flags: tuple[str, ...] = ()
    bounds: Mapping[str, float] | None = None

    @property
    def best_class(self) -> ClassPrediction | None:
        """The most probable class."""
        return max(self.classes, key=lambda entry: entry.probability, default=None)


def difference(one: Mixture, other: Mixture) -> Mixture:
    """`one` minus `other`, member by member: [X/Fe] of [X/H] and [Fe/H].

    What makes a member err in both alike cancels; the noise parts and misfits are taken as independent, since a network
    states no correlation between its labels.
    """
    misfit = math.hypot(one.misfit, other.misfit)
    return Mixture(one.mean_M - other.mean_M, np.hypot(one.sigma_M, other.sigma_M), misfit)
