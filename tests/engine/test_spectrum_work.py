"""What the spectrum panel asks of child processes: the map says how far it is, a measured line is kept in full."""

from __future__ import annotations

from typing import Any

import pytest
from explained_star import attribution, star
from synthetic_lines import LINE, star_with_line

from stellarview.domain.attribution import Attribution
from stellarview.engine import work
from stellarview.engine.pipe import Cancelled, Progress


class Heard(Progress):
    """Hears what is told, and loses its interest after some of it."""

    def __init__(self, patience: int = 100) -> None:
        super().__init__()
        self.told: list[tuple[int, int]] = []
        self.patience = patience

    def tell(self, done: int, total: int) -> None:
        self.told.append((done, total))
        if len(self.told) > self.patience:
            raise Cancelled


@pytest.fixture
def slow_map(monkeypatch: pytest.MonkeyPatch) -> None:
    def mapped(*ask: Any, first: int, is_going_on: Any) -> Attribution:
        assert ask[1:] == ("the model", "teff", 20.0, 10.0)
        done = first
        while done < 70 and is_going_on(done, 70):
            done += 16
        return attribution("change without 20 A", "K")

    monkeypatch.setattr(work, "model_named", lambda name: f"the {name}")
    monkeypatch.setattr(work, "occlusion_map", mapped)


def test_that_a_map_says_how_far_it_is(slow_map: None) -> None:
    heard, after, turns = Heard(), 0, 0
    while turns == 0 or after:
        part, after = work.map_occlusion(heard, star(), "model", "teff", (20.0, 10.0, after))
        assert part.unit == "K"
        turns += 1
    assert turns == 3  # what is more urgent finds two gaps
    assert [done for done, _ in heard.told] == [0, 16, 32, 32, 48, 64, 64]


def test_that_a_map_stops_where_nobody_waits(slow_map: None) -> None:
    with pytest.raises(Cancelled):
        work.map_occlusion(Heard(patience=1), star(), "model", "teff", (20.0, 10.0, 0))


def test_that_a_measured_line_comes_back_with_its_exposure() -> None:
    line = work.measure(Progress(), star_with_line(0.5), (5096.0, 5104.0), "gaussian", LINE)
    assert (line.line, line.exposure, line.profile) == ("X I 5100", "coadd", "gaussian")
    assert line.row["ew"] == pytest.approx(0.5, abs=0.1)
