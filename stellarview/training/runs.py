"""All runs below a folder as rows of a table, and what is not the same in their configurations."""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.io.judgements import JUDGEMENT_FILE, parse_judgement
from stellarview.io.models import CARD_FILE, read_card
from stellarview.io.names import display_name
from stellarview.training.config import TrainingConfig
from stellarview.training.config_file import config_facts, read_config

CONFIG_FILE = "config.toml"
_LOG_FILE, _STATUS_FILE = "log.csv", "status.json"


@dataclass(frozen=True)
class RunRow:
    """One run. `metrics` are of its held-out spectra, by label and name of the metric; what is not known is empty.

    `best_loss` is the members' mean of the least validation loss. `error` says why a row is not whole.
    """

    folder: str
    name: str = ""
    parent: str = ""
    outputs: tuple[str, ...] = ()
    architecture: str = ""
    members: int = 0
    epochs: int = 0
    planned_epochs: int = 0
    best_loss: float | None = None
    metrics: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    state: str = ""
    verdict: str = ""
    started: str = ""
    took_s: float | None = None
    error: str = ""


def runs_table(folder: Path) -> list[RunRow]:
    """The runs in this folder, the newest first; a broken one is a row that says so."""
    found = [path.parent for path in folder.glob(f"*/{CONFIG_FILE}")]
    return sorted(map(run_row, found), key=lambda row: (row.started, row.folder), reverse=True)


def run_row(run_folder: Path) -> RunRow:
    """What is known of one run."""
    path = run_folder / CONFIG_FILE
    try:
        config = read_config(path)
        return _row(run_folder, config)
    except StellarViewError as error:
        return RunRow(str(run_folder), state="broken", started=_started(path), error=f"{error.what} {error.why}")


def differences(configs: Sequence[TrainingConfig]) -> dict[str, tuple[Any, ...]]:
    """Setting -> its value in each configuration, of those settings alone that are not the same in all."""
    flat = [_flat(config_facts(config)) for config in configs]
    names = dict.fromkeys(name for one in flat for name in one)
    values = {name: tuple(one.get(name) for one in flat) for name in names}
    return {name: told for name, told in values.items() if any(value != told[0] for value in told)}


def anchored(config: TrainingConfig, folder: Path, run_folder: Path) -> TrainingConfig:
    """What a run keeps of a configuration whose relative paths start at `folder`: paths that hold in the run's own."""
    if folder.resolve() == run_folder.resolve():
        return config
    data, start = config.data, config.network.init_from
    sets = tuple(str((folder / name).resolve()) for name in data.sets)
    table = str((folder / data.label_table).resolve()) if data.label_table else ""
    network = replace(config.network, init_from=str(Path(start).resolve()) if start and Path(start).is_dir() else start)
    return replace(config, data=replace(data, sets=sets, label_table=table), network=network)


def model_of(run_folder: Path) -> Path:
    """The folder of the model that a run gave."""
    path = run_folder / CONFIG_FILE
    if not path.is_file():
        raise StellarViewError(
            f"{display_name(run_folder)} is no training run.",
            f"There is no {CONFIG_FILE} in it.",
            "Give the folder that `stellarview train --run` wrote.",
        )
    folder = run_folder / read_config(path).model.name
    if not (folder / CARD_FILE).is_file():
        raise StellarViewError(
            f"The run {display_name(run_folder)} has no model yet.",
            "It was not finished.",
            "Train it to the end, or stop it with Ctrl-C, which keeps the best weights.",
        )
    return folder


def _row(run_folder: Path, config: TrainingConfig) -> RunRow:
    model, log = run_folder / config.model.name, _log(run_folder / _LOG_FILE)
    is_finished = (model / CARD_FILE).is_file()
    card = read_card(model) if is_finished else None
    training: Mapping[str, Any] = card.training if card else {}
    best = training.get("validation_losses") or _least(log)
    epochs = int(training.get("epochs") or max((row.epoch for row in log), default=0))
    judged = run_folder / JUDGEMENT_FILE
    return RunRow(
        str(run_folder),
        config.model.name,
        Path(config.network.init_from).name,
        config.outputs,
        config.network.architecture,
        config.network.members,
        epochs,
        config.loop.epochs,
        sum(best) / len(best) if best else None,
        _metrics(card.metrics) if card else {},
        "finished" if is_finished else _unfinished(run_folder, epochs),
        parse_judgement(judged.read_bytes(), display_name(judged)).verdict if is_finished and judged.is_file() else "",
        _started(run_folder / CONFIG_FILE),
        training.get("seconds") or _seconds(log) or None,
    )


def _unfinished(run_folder: Path, epochs: int) -> str:
    """What the run says of itself; one that never said anything stopped where its log ends."""
    try:
        told = json.loads((run_folder / _STATUS_FILE).read_bytes())
    except (OSError, ValueError):
        told = None
    if isinstance(told, dict) and isinstance(told.get("state"), str):
        return str(told["state"])
    return f"stopped after epoch {epochs}" if epochs else "not started"


def _metrics(parts: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """Of the first part that the card tells: the held-out one."""
    facts: Mapping[str, Any] = next(iter(parts.values()), {})
    if "labels" in facts:
        names = ("n", "bias", "scatter", "mae", "within_68")
        return {key: {name: of[name] for name in names if name in of} for key, of in facts["labels"].items()}
    return {"class": {name: facts[name] for name in ("n", "accuracy") if name in facts}}


@dataclass(frozen=True)
class _Epoch:
    """One line of the log."""

    epoch: int
    member: int
    loss: float
    seconds: float


def _log(path: Path) -> list[_Epoch]:
    try:
        rows = csv.DictReader(io.StringIO(path.read_text(encoding="utf-8")))
        names = ("epoch", "member", "validation_loss", "seconds")
        return [
            _Epoch(int(row[names[0]]), int(row[names[1]]), float(row[names[2]]), float(row[names[3]])) for row in rows
        ]
    except (OSError, ValueError, KeyError, TypeError):  # a log that somebody edited tells nothing
        return []


def _least(log: Sequence[_Epoch]) -> list[float]:
    """The least validation loss of each member."""
    least: dict[int, float] = {}
    for row in log:
        if math.isfinite(row.loss):
            least[row.member] = min(row.loss, least.get(row.member, math.inf))
    return list(least.values())


def _seconds(log: Sequence[_Epoch]) -> float:
    """Of each epoch once: its members were trained at the same time."""
    return sum({row.epoch: row.seconds for row in log}.values())


def _started(path: Path) -> str:
    """The configuration is written before anything else."""
    moment = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return moment.replace(microsecond=0).isoformat()


def _flat(facts: Mapping[str, Any], where: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        name = f"{where}.{key}" if where else key
        flat |= _flat(value, name) if isinstance(value, Mapping) and value else {name: value}
    return flat
