"""What is said of a run in words: where it stands, in figures with their units, and what went wrong."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from stellarview.domain.arrays import FloatArray
from stellarview.domain.labels import label_named
from stellarview.engine.runs import RunDetails, RunSeen
from stellarview.training.status import Status
from stellarview.ui.training.curves import best_of
from stellarview.ui.training.runs_model import STATES, duration_text, loss_text

_MESSAGES_OF_STATES = ("failed",)


def head_text(run: RunSeen, before_in_queue: int = 0) -> str:
    """Its state, and what it says itself."""
    if run.state == "queued":
        if run.is_stalled:
            return "<b>Waits.</b> Nobody works on the queue: it was killed, or the machine was switched off."
        before = f"{before_in_queue} waiting before it." if before_in_queue else "It is the next one."
        return f"<b>Waits.</b> {before}"
    status, state = run.status, STATES.get(run.state, run.state)
    message = status.message if status is not None and run.state not in _MESSAGES_OF_STATES else run.row.error
    return f"<b>{escape(state.capitalize())}.</b> {escape(message)}".strip()


def facts_text(run: RunSeen, details: RunDetails | None) -> str:
    """One line of figures."""
    parts = [f"epoch {_epoch(run)} of {run.row.planned_epochs}"]
    curves = details.curves if details is not None else None
    if curves is not None and best_of(curves)[0].size:
        parts.append(_best_text(*best_of(curves)))
    if details is not None and details.told is not None and details.told.classes:
        right = sum(true == told for true, told in details.told.classes) / len(details.told.classes)
        parts.append(f"{right:.1%} of the validation spectra in the right class")
    if run.status is not None:
        parts += _status_parts(run.status, is_alive=run.is_alive)
    parts.append(f"{run.row.members} × {run.row.architecture}")
    return " · ".join(parts)


def _best_text(epoch_M: FloatArray, loss_M: FloatArray) -> str:
    first, last = int(epoch_M.min()), int(epoch_M.max())
    epochs = f"epoch {first}" if first == last else f"epochs {first} to {last} of the members"
    return f"best: {epochs}, validation loss {loss_text(float(loss_M.mean()))}"


def _epoch(run: RunSeen) -> int:
    """The one that is being done."""
    if run.status is None or not run.is_alive:
        return run.row.epochs
    return min(max(run.status.epoch, run.row.epochs) + 1, max(run.row.planned_epochs, 1))


def _status_parts(status: Status, *, is_alive: bool) -> list[str]:
    parts = []
    if is_alive and status.seconds_left:
        parts.append(f"about {duration_text(status.seconds_left)} left")
    if status.waited and status.patience:
        parts.append(f"{min(status.waited)} of {status.patience} epochs without a better loss")
    elif status.waited and is_alive:
        parts.append(f"no better loss for {min(status.waited)} epochs")
    if status.rate:
        parts.append(f"learning rate {status.rate:.2g}")
    if status.batch:
        parts.append(f"batch {status.batch}")
    if status.device:
        parts.append(status.device.upper())
    if status.memory_mb:
        parts.append(f"{status.memory_mb:,} MB")
    return parts


def error_html(error: Mapping[str, Any]) -> str:
    """Three sentences, or that it is our fault."""
    if "what" in error:
        what, why, what_to_do = (escape(str(error.get(key, ""))) for key in ("what", "why", "what_to_do"))
        return f"<b>{what}</b> {why} <i>{what_to_do}</i>"
    last = escape(str(error.get("traceback", "")).strip().rsplit("\n", 1)[-1])
    return f"<b>StellarView made a mistake.</b> Please report it with the details. <i>{last}</i>"


def error_details(error: Mapping[str, Any], last_words: str) -> str:
    """What a report needs."""
    return "\n\n".join(filter(None, (str(error.get("traceback", "")).strip(), last_words)))


def metric_text(key: str, value: float, name: str) -> str:
    """With its unit, in the digits that it deserves."""
    if name == "n":
        return f"{value:,.0f}"
    if name.startswith("within") or name == "accuracy":
        return f"{value:.1%}"
    unit = label_named(key).unit
    return f"{value:.3g} {unit}".rstrip().replace("-", "−")
