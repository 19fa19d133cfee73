"""One spectrum explained: what the network saw, what its pixels do, which lines they are, how far to trust that."""

from __future__ import annotations

from dataclasses import dataclass

from stellarview.domain.attribution import Attribution, LineShare
from stellarview.domain.faithfulness import Faithfulness
from stellarview.domain.spectrum import Spectrum


@dataclass(frozen=True, eq=False)
class Explained:
    """An explanation with the spectrum as the network saw it, and the lines that its pixels belong to.

    `colour` is a second one that the flux is coloured by, `faithfulness` what the card says of the method.
    """

    prepared: Spectrum
    attribution: Attribution
    lines: tuple[LineShare, ...]
    colour: Attribution | None = None
    faithfulness: Faithfulness | None = None
    model: str = ""
