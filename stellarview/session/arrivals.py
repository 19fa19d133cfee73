"""What a drop can bring, and how the stars of a session are found in a table of labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from stellarview.domain.spectrum import HeaderFacts
from stellarview.io.names import file_key, printable
from stellarview.session.session import CatalogueValue, StarEntry

if TYPE_CHECKING:
    from stellarview.io.tables.catalogue import Catalogue


@dataclass(frozen=True)
class NewStars:
    """More rows; their keys are given by the session that takes them."""

    entries: tuple[StarEntry, ...]


@dataclass(frozen=True)
class OpenSession:
    """A session file, to be opened in place of the session that is open."""

    path: Path


@dataclass(frozen=True)
class NewLabels:
    """A table of labels of stars whose files it does not know: see `match_labels`."""

    path: Path
    catalogue: Catalogue


@dataclass(frozen=True)
class Notice:
    """One line that the user should read."""

    words: str


Intake = NewStars | OpenSession | NewLabels | Notice


def values_of(catalogue: Catalogue, row: int) -> tuple[CatalogueValue, ...]:
    """What the table says in this row."""
    source = printable(catalogue.path.name)
    return tuple(CatalogueValue(key, value, sigma, source) for key, value, sigma in catalogue.values(row))


def star_names(path: str, header: HeaderFacts | None = None) -> tuple[str, ...]:
    """What a star of the session is called, for `match_labels`: by its file, and by its header once that was read."""
    facts: tuple[Any, ...] = (header.obsid, header.designation, header.object_name) if header else ()
    return (file_key(path), *(str(fact) for fact in facts if fact))


def match_labels(catalogue: Catalogue, names: Mapping[str, Sequence[str]]) -> dict[str, tuple[CatalogueValue, ...]]:
    """Star key -> what the table says of it; `names` are those of each star. Of two rows of a name the first counts."""
    rows = {key: catalogue.row_of(called) for key, called in names.items()}
    told = {key: values_of(catalogue, row) for key, row in rows.items() if row is not None}
    return {key: values for key, values in told.items() if values}
