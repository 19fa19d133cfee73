"""Promotes the model of a run: only so does it enter the list of models, with all that was found out on its card."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import CLASS, Judgement
from stellarview.domain.model_card import ModelCard
from stellarview.io.judgements import JUDGEMENT_FILE, judgement_bytes, read_judgement
from stellarview.io.models import WEIGHTS_FILE, read_model
from stellarview.io.names import display_name
from stellarview.io.own_models import keep_model, model_bytes, refuse_name
from stellarview.io.references import REFERENCE_FILE
from stellarview.training.runs import model_of


def promote(run_folder: Path, name: str, now: datetime | None = None) -> Path:
    """The folder of the new model among the user's own; the run stays as it is."""
    refuse_name(name)
    folder = model_of(run_folder)
    card = read_model(folder).card
    judged = read_judgement(run_folder)
    if judged is None or judged.judgement.weights_sha256 != card.weights_sha256:
        raise StellarViewError(
            f"The run {display_name(run_folder)} is not judged yet.",
            "A model is kept with what is known of it." if judged is None else "It was trained again since.",
            f"`stellarview judge {display_name(run_folder)}` first.",
        )
    files = model_bytes(folder, (WEIGHTS_FILE, REFERENCE_FILE))
    files[JUDGEMENT_FILE] = judgement_bytes(replace(judged.judgement, model=name))
    return keep_model(name, _completed(card, judged.judgement, run_folder, now or datetime.now(UTC)), files)


def _completed(card: ModelCard, judgement: Judgement, run_folder: Path, now: datetime) -> ModelCard:
    """Weights, data and configuration are there since the run ended."""
    found = {
        "verdict": judgement.verdict,
        "reasons": list(judgement.reasons),
        "outputs": {output.key: _figures(output.key, judgement) for output in judgement.outputs},
    }
    facts = {
        "run": display_name(run_folder),
        "promoted": now.replace(microsecond=0).isoformat(),
        "parent_sha256": judgement.parent_sha256 or card.training.get("parent_sha256", ""),
        "judgement": found,
    }
    config = _without_paths(card.training.get("config", {}))
    return replace(card, parent=card.parent or judgement.parent, training={**card.training, **facts, "config": config})


def _without_paths(config: Mapping[str, Any]) -> dict[str, Any]:
    """Names of files alone: where a user keeps them is nobody's business, and their checksums stand beside."""
    data, network = dict(config.get("data", {})), dict(config.get("network", {}))
    data |= {"sets": [Path(name).name for name in data.get("sets", ())]}
    data |= {"label_table": Path(data.get("label_table", "")).name}
    network |= {"init_from": Path(network.get("init_from", "")).name}
    return {**config, "data": data, "network": network}


def _figures(key: str, judgement: Judgement) -> dict[str, Any]:
    """What a picker shows: the rest stands in the file beside."""
    output = next(one for one in judgement.outputs if one.key == key)
    names = ("n", "accuracy") if key == CLASS else ("n", "bias", "scatter", "mae", "rms", "within_68", "within_95")
    facts = {name: output.after[name] for name in names if name in output.after}
    change = output.change()
    return facts if change is None else {**facts, "error_change": [change.value, change.low, change.high]}
