"""One spectrum explained: what the network saw, what its pixels do, which lines they are, how far to trust that."""

from __future__ import annotations

from dataclasses import dataclass

from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.faithfulness import Faithfulness
from stellarview.domain.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Explained:
    """An explanation with the spectrum as the network saw it, and the lines that its pixels belong to.

    `prepared` is in units of flux, though the network may have seen standard deviations. `colour` is a second one that
    the flux is coloured by, `faithfulness` what the card says of the method.
    """

    prepared: Spectrum
    attribution: Attribution
    lines: tuple[LineShare, ...]
    colour: Attribution | None = None
    faithfulness: Faithfulness | None = None
    model: str = ""


@dataclass(frozen=True, eq=False)
class Bounded:
    """How well a star's spectrum can tell a label at all: the bound, and the spread of stars that it must beat.

    `told_by` is the label that decides: [Mg/Fe] for [Mg/H], which always follows [Fe/H].
    """

    bound: float
    told_by: str
    bound_of_told_by: float
    population: float

    @property
    def is_prior_dominated(self) -> bool:
        """True where an answer tells the population rather than the star."""
        return not self.bound_of_told_by < self.population


@dataclass(frozen=True, eq=False)
class Reading:
    """How an ideal reader of a label answers to each pixel, the lines that these are, and how far a network agrees.

    `correlation` is None where physics knows no line of the label, `scatter` where the network is no ensemble.
    """

    attribution: Attribution
    lines: tuple[LineShare, ...]
    correlation: float | None
    scatter: float | None


@dataclass(frozen=True, eq=False)
class PhysicsExplained:
    """What a network looked at beside what physics says of the same label of the same star, and how far they agree.

    `normalised` is the spectrum over its continuum. The `best` reader knows nothing but the spectrum, as a network; one
    that knows all other labels looks at the label's `own` lines alone.
    """

    normalised: Spectrum
    network: Attribution
    network_lines: tuple[LineShare, ...]
    best: Reading
    own: Reading
    bounded: Bounded
    model: str = ""
