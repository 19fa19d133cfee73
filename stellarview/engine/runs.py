"""The jobs about training runs that the window asks for: how they go on, what they tell, and what becomes of them."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from stellarview.domain.arrays import FloatArray
from stellarview.domain.judgement import Judged
from stellarview.domain.prediction import Prediction
from stellarview.engine.pipe import Progress
from stellarview.io.atomic import write_atomically
from stellarview.io.judgements import read_judgement
from stellarview.training import launch
from stellarview.training.config_file import config_facts, read_config
from stellarview.training.label_next import Candidate, rank_to_label
from stellarview.training.run_folders import delete_run, rename_run
from stellarview.training.runs import CONFIG_FILE, RunRow, runs_table
from stellarview.training.status import Status, Word, read_status, send

_LOG_FILE, _TOLD_FILE = "log.csv", "predictions.csv"
_MOST_LAST_WORDS = 20_000
_STAY = ("done", "failed", "cancelled")


@dataclass(frozen=True)
class RunSeen:
    """A run as its row and its own word have it; one that never ran has no status.

    Of stalled runs nobody thinks any more, though they wait.
    """

    row: RunRow
    status: Status | None = None
    is_stalled: bool = False

    @property
    def folder(self) -> str:
        """Where it is."""
        return self.row.folder

    @property
    def state(self) -> str:
        """In a word or a few."""
        return self.status.state if self.status is not None else self.row.state

    @property
    def is_alive(self) -> bool:
        """True while a process works on it."""
        return self.status is not None and self.status.is_alive

    @property
    def has_model(self) -> bool:
        """True where it can be judged."""
        return self.row.state == "finished" and not self.is_alive

    @property
    def can_go_on(self) -> bool:
        """True where nobody works on it and epochs are left."""
        is_free = self.row.state != "broken" and (self.status is None or self.state in _STAY)
        return is_free and (not self.has_model or self.row.epochs < self.row.planned_epochs)


@dataclass(frozen=True, eq=False)
class Curves:
    """The log: values of M members in E epochs, NaN where a member learned no more. `error_ME` by label."""

    epoch_E: FloatArray
    train_ME: FloatArray
    validation_ME: FloatArray
    rate_ME: FloatArray
    error_ME: Mapping[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Told:
    """What is told of validation spectra, by label; for classes the names."""

    labels: Mapping[str, tuple[FloatArray, FloatArray]]  # label, told
    classes: tuple[tuple[str, str], ...] = ()  # class, told


@dataclass(frozen=True, eq=False)
class RunDetails:
    """All of a run that is too much for a row."""

    folder: str
    settings: Mapping[str, Any]
    curves: Curves | None
    told: Told | None
    last_words: str = ""


def look_at_runs(progress: Progress, folder: Path) -> tuple[RunSeen, ...]:
    """All runs of a folder, the newest first."""
    return tuple(_seen(row) for row in runs_table(folder))


def wake_queue(progress: Progress, folder: Path) -> None:
    """Let somebody work through what waits."""
    launch.wake_queue(folder)


def read_details(progress: Progress, run_folder: str) -> RunDetails:
    """Settings, curves, and what the networks tell by now."""
    folder = Path(run_folder)
    log, told = _rows(folder / _LOG_FILE), _rows(folder / _TOLD_FILE)
    config = read_config(folder / CONFIG_FILE)
    return RunDetails(
        run_folder,
        config_facts(config),
        _curves(log) if log else None,
        _told(told, config.data.labels) if told else None,
        _last_words(folder / launch.ERROR_LOG_FILE),
    )


def queue_run(progress: Progress, run_folder: Path) -> None:
    """Start it, or let it wait for its turn."""
    launch.queue_run(run_folder)


def send_word(progress: Progress, run_folder: str, word: Word) -> bool:
    """Tell a run something; one that waits can only be taken out of the queue. False where nobody is there."""
    if word == "cancel" and launch.unqueue_run(Path(run_folder)):
        return True
    return send(Path(run_folder), word)


def delete(progress: Progress, run_folder: str) -> Path:
    """Into the trash."""
    return delete_run(Path(run_folder))


def rename(progress: Progress, run_folder: str, name: str) -> str:
    """Where it is now."""
    return str(rename_run(Path(run_folder), name))


def judge(progress: Progress, run_folder: str) -> Judged:
    """Ask the new model and its parent about stars that the run never saw; says how far it is."""
    from stellarview.training.judge import judge_run

    return judge_run(Path(run_folder), tell=progress.tell)


def read_judged(progress: Progress, run_folder: str) -> Judged | None:
    """What was found before."""
    return read_judgement(Path(run_folder))


def rank(
    progress: Progress, predictions: Mapping[str, Prediction], count: int, labelled: Collection[str]
) -> list[Candidate]:
    """The stars that would teach most."""
    return rank_to_label(predictions, count, labelled=labelled)


def write_list(progress: Progress, path: Path, rows: Sequence[Sequence[str]]) -> Path:
    """A table as CSV, its head first."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_atomically(path, text.getvalue().encode())
    return path


def _seen(row: RunRow) -> RunSeen:
    folder = Path(row.folder)
    status = read_status(folder)
    return RunSeen(row, status, status is not None and launch.is_stalled(folder, status))


def _rows(path: Path) -> list[dict[str, str]]:
    """Of a CSV file; none where it is not there, or not readable."""
    try:
        return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
    except (OSError, ValueError):
        return []


def _curves(rows: Sequence[Mapping[str, str]]) -> Curves | None:
    try:
        members = sorted({int(row["member"]) for row in rows})
        epochs = sorted({int(row["epoch"]) for row in rows})
        place = {(int(row["member"]), int(row["epoch"])): row for row in rows}

        def column(name: str) -> FloatArray:
            return _numbers(place.get((member, epoch), {}).get(name) for member in members for epoch in epochs).reshape(
                len(members), len(epochs)
            )

        errors = {name.removeprefix("mae_"): column(name) for name in rows[0] if name.startswith("mae_")}
        epoch_E = np.array(epochs, dtype=np.float64)
        return Curves(epoch_E, column("train_loss"), column("validation_loss"), column("rate"), errors)
    except (KeyError, ValueError, TypeError):  # a log that somebody edited tells nothing
        return None


def _told(rows: Sequence[Mapping[str, str]], labels: Sequence[str]) -> Told:
    pairs = {
        key: (_numbers(row.get(key) for row in rows), _numbers(row.get(f"{key}_told") for row in rows))
        for key in labels
        if f"{key}_told" in rows[0]
    }
    return Told(pairs, tuple((row["class"], row["class_told"]) for row in rows if "class_told" in row))


def _numbers(texts: Iterable[str | None]) -> FloatArray:
    return np.array([float(text) if text else np.nan for text in texts], dtype=np.float64)


def _last_words(path: Path) -> str:
    try:
        return path.read_bytes()[-_MOST_LAST_WORDS:].decode("utf-8", "replace").strip()
    except OSError:
        return ""
