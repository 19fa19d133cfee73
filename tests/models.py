"""Small models on the disk, untrained, for tests of everything around a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import torch

from stellarview.domain.arrays import FloatArray
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.extrapolation import fit_extrapolation
from stellarview.inference.novelty import fit_novelty
from stellarview.io.models import read_model, write_model
from stellarview.nets import ARCHITECTURES
from stellarview.recipes import RECIPES

# Fifty pixels about Mg b, normalised by their median.
RECIPE = {
    "name": "toy",
    "steps": [
        {"step": "in_vacuum"},
        {"step": "mask_bad_pixels"},
        {"step": "to_rest_frame"},
        {
            "step": "resample",
            "windows": [{"arm": "B", "start_angstrom": 5150.0, "stop_angstrom": 5250.0, "points": 64}],
        },
        {"step": "divide_by_median"},
    ],
}
LABELS = (LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0), LabelScale("logg", 4.0, 0.7, 0.0, 5.0))


# What makes each of these networks small.
SMALL: dict[str, dict[str, Any]] = {
    "StarNet": {"dense": [16, 8]},
    "DenseNetSE": {"n_blocks": 2, "growth": 4},
    "SubtypeResNet": {"channels": [4, 8], "structures_per_stage": 1},
}


def write_toy_mrs_model(folder: Path, keys: tuple[str, ...] = ("teff", "logg", "feh", "mgh", "kh")) -> Path:
    """A StarNet on RRNet's recipe that calls every star a solar K giant, more or less."""
    usual = {"teff": LabelScale("teff", 4750.0, 30.0, 4000.0, 6500.0), "logg": LabelScale("logg", 2.6, 0.05, 0.0, 5.0)}
    scales = tuple(usual.get(key, LabelScale(key, 0.0, 0.02, -1.0, 0.5)) for key in keys)
    recipe = RECIPES["rrnet"].to_json()
    return write_toy_model(folder, members=2, labels=scales, length=7200, recipe=recipe, instrument="MRS")


def write_toy_model(
    folder: Path,
    *,
    members: int = 3,
    classes: tuple[str, ...] = (),
    labels: tuple[LabelScale, ...] = LABELS,
    seen_BK: FloatArray | None = None,
    length: int = 64,
    **card: Any,
) -> Path:
    """A StarNet (or, with classes, a small DenseNet-SE) with a novelty reference made of noise about 1.

    `seen_BK` are the labels of a training set, in the order of the card, from which extrapolation is told.
    """
    name = card.get("architecture", "DenseNetSE" if classes else "StarNet")
    outputs = {"n_classes": len(classes)} if classes else {"n_labels": len(labels)}
    config: dict[str, Any] = {"input_length": length, **SMALL[name], **outputs}
    networks = []
    for seed in range(members):
        torch.manual_seed(seed)
        networks.append(ARCHITECTURES[name].build(ARCHITECTURES[name].config_from(config)).eval())
    states = [network.state_dict() for network in networks]
    tensors = {f"members.{key}": np.stack([state[key].numpy() for state in states]) for key in states[0]}
    facts = {"name": folder.name, "about": "a toy", "architecture": name, "config": config, "recipe": RECIPE}
    made = ModelCard(
        **(
            facts
            | {"instrument": "LRS", "members": members, "labels": () if classes else labels, "classes": classes}
            | card
        )
    )
    write_model(folder, made, tensors)
    inputs = np.random.default_rng(0).normal(1, 0.05, (200, length)).astype(np.float32)
    features = Ensemble(read_model(folder), torch.device("cpu")).features(inputs)
    combinations = {} if seen_BK is None else fit_extrapolation(seen_BK)
    write_model(folder, made, tensors | fit_novelty(features) | combinations)
    return folder


def write_toy_models(folder: Path) -> dict[str, str]:
    """A model for every task of an inspection, by task; its stars lie among the embedded isochrones."""
    placed = (
        LabelScale("teff", 5800.0, 30.0, 3800.0, 7500.0),
        LabelScale("logg", 4.4, 0.05, 0.0, 5.0),
        LabelScale("feh", 0.0, 0.03, -2.5, 0.5),
    )
    subtype = (LabelScale("subtype", 4.2, 1.0, 1.0, 6.0, 0.05),)
    written = {
        "LRS:labels": write_toy_model(folder / "toy-labels", labels=placed),
        "LRS:class": write_toy_model(folder / "toy-class", classes=("STAR", "GALAXY", "QSO")),
        "LRS:subtype": write_toy_model(folder / "toy-mk", architecture="SubtypeResNet", labels=subtype),
        "MRS:labels": write_toy_mrs_model(folder / "toy-mrs"),
    }
    return {task: str(path) for task, path in written.items()}
