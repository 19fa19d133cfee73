"""What is known of one star of many: its row, what the models said, or why nothing can be said. No arrays of pixels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import Prediction
from stellarview.inspection.summary import summary_row
from stellarview.session.arrivals import star_names
from stellarview.session.session import StarEntry

State = Literal["waiting", "read", "done", "failed"]


@dataclass(frozen=True, eq=False)
class Known:
    """`names` are what a table may call the star. Predictions and refusals are by model."""

    key: str
    state: State = "waiting"
    row: Mapping[str, Any] = field(default_factory=dict)
    sha256: str = ""
    instrument: str = ""
    names: tuple[str, ...] = ()
    predictions: Mapping[str, Prediction] = field(default_factory=dict)
    refusals: Mapping[str, StellarViewError] = field(default_factory=dict)
    error: StellarViewError | None = None

    def telling(self, output: str) -> Prediction | None:
        """The answer of the first model that tells this label, or this class."""
        return next((one for one in self.predictions.values() if output in _outputs(one)), None)


def known_of(entry: StarEntry, seen: Inspection, state: State) -> Known:
    """What an inspection leaves in the table."""
    spectrum = seen.spectrum
    row = summary_row(seen, entry.path if entry.row < 0 else f"{entry.path}#{entry.row}")
    names = star_names(entry.path, spectrum.header)
    about = (row, spectrum.source.sha256, spectrum.instrument, names)
    return Known(entry.key, state, *about, seen.predictions, seen.refusals)


def _outputs(prediction: Prediction) -> tuple[str, ...]:
    return (*prediction.labels, *(entry.name for entry in prediction.classes))
