"""How far a run is."""

from __future__ import annotations

import sys

import pytest

from stellarview.cli import progress
from stellarview.cli.progress import Progress


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is set."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_that_a_person_sees_the_line_and_it_is_gone_at_the_end(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, clock: list[float]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    shown = Progress(1024, "spectra")
    clock[0] = 2.0
    shown.tell(511)  # amid a batch
    shown.tell(512)
    shown.end()
    line = "512 of 1024 spectra, 256 a second, 2 s left"
    assert capsys.readouterr().err == f"\r0 of 1024 spectra\r{line}\r{' ' * len(line)}\r"


def test_that_a_file_and_a_pipe_see_nothing(capsys: pytest.CaptureFixture[str], clock: list[float]) -> None:
    silent = Progress(10, "spectra")
    clock[0] = 5.0
    silent.tell(10)
    silent.end()
    assert capsys.readouterr().err == ""
