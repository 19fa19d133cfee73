"""What the program makes of what is dropped on it, taken apart for tests."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from stellarview.intake import take_in
from stellarview.session.arrivals import Intake, NewLabels, NewStars, Notice
from stellarview.session.session import StarEntry


def touched(path: Path, content: bytes = b"SIMPLE  =") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def entries(found: Sequence[Intake]) -> list[StarEntry]:
    return [entry for one in found if isinstance(one, NewStars) for entry in one.entries]


def paths(found: Sequence[Intake]) -> list[str]:
    return [entry.path for entry in entries(found)]


def words(found: Sequence[Intake]) -> list[str]:
    return [one.words for one in found if isinstance(one, Notice)]


def labels(found: Sequence[Intake]) -> NewLabels:
    (one,) = (one for one in found if isinstance(one, NewLabels))
    return one


def dropped(*given: Path | str) -> list[Intake]:
    return list(take_in(given))


def told(entry: StarEntry, source: str) -> dict[str, tuple[float, float]]:
    assert {value.source for value in entry.catalogue} == {source}
    return {value.label_key: (value.value, value.sigma) for value in entry.catalogue}
