"""What a run learns from and with: everything that stays as it is while weights move, made from a configuration."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale
from stellarview.nets import ARCHITECTURES
from stellarview.nets.architecture import Architecture
from stellarview.nets.config import NetworkConfig
from stellarview.nets.losses import LOSSES, ROBUST_LOSSES, Loss
from stellarview.recipes import recipe_from_json, recipe_named
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Clip, Standardise
from stellarview.training.augment import augmentations_from
from stellarview.training.augment.augmentation import Augmentation, Batch
from stellarview.training.balance import balance_weights
from stellarview.training.config import Preparation, TrainingConfig
from stellarview.training.dataset import Dataset, read_dataset, scales_of, standardise_of
from stellarview.training.layer_groups import layer_groups
from stellarview.training.members import Learner, Way, Weights, fresh_weights, skeleton
from stellarview.training.parent import Parent, read_parent
from stellarview.training.prepared import Tell, say_nothing
from stellarview.training.split import Split, split_rows


@dataclass(frozen=True, eq=False)
class Task:
    """A run's data, network and scaling. `recipe` is what the card will carry, standardisation included."""

    config: TrainingConfig
    architecture: Architecture
    network_config: NetworkConfig
    recipe: Recipe
    standardise: Standardise | None
    scales: tuple[LabelScale, ...]
    dataset: Dataset
    split: Split
    augmentations: tuple[Augmentation, ...]
    parent: Parent | None
    device: torch.device
    way: Way

    @property
    def limits(self) -> tuple[float, float] | None:
        """What the recipe clips fluxes to, which augmented ones must obey too."""
        clips = [step for step in self.recipe.steps if isinstance(step, Clip)]
        return (clips[-1].low, clips[-1].high) if clips else None

    @property
    def identity(self) -> dict[str, Any]:
        """What a checkpoint must agree with."""
        from stellarview.training.config_file import config_facts

        parent = "" if self.parent is None else self.parent.card.weights_sha256
        facts = {"config": config_facts(self.config), "data": {"checksums": list(self.dataset.checksums)}}
        return {**facts, "parent": parent}

    def start(self) -> Weights:
        """The members before the first step: random, or the parent's."""
        count, seed = self.config.network.members, self.config.loop.seed
        weights = fresh_weights(self.architecture, self.network_config, count, seed)
        if self.parent is not None:
            weights |= self.parent.weights_for(weights, self.config.outputs)
        return {name: tensor.to(self.device) for name, tensor in weights.items()}

    @property
    def loss(self) -> Loss:
        """What is made small: the head's own, or its robust one."""
        head = self.architecture.head
        if self.config.loop.robust and head not in ROBUST_LOSSES:
            raise StellarViewError(
                f"{self.architecture.name} has no robust loss.",
                f"Its head is {head!r}; a log-cosh head is robust by itself.",
                "Leave loop.robust out.",
            )
        return (ROBUST_LOSSES if self.config.loop.robust else LOSSES)[head]

    def learner(self, weights: Weights) -> Learner:
        """The network, its loss, and which of its weights move."""
        network = skeleton(self.architecture, self.network_config)
        groups = layer_groups([name for name, _ in network.named_parameters()], self.config.network)
        trained = tuple(name for group in groups for name in group.names)
        return Learner(network, self.loss, trained, self.way)


@dataclass(frozen=True, eq=False)
class Rows:
    """Spectra of one part of the split on the device, with scaled labels and weights."""

    batch: Batch
    target: Tensor
    weigh_B: Tensor | None
    dataset: Dataset

    def __len__(self) -> int:
        return len(self.dataset)


def rows_of(task: Task, dataset: Dataset) -> Rows:
    """These spectra as tensors."""
    batch = Batch(
        *(torch.from_numpy(np.ascontiguousarray(a)).to(task.device) for a in (dataset.flux_BL, dataset.good_BL))
    )
    weigh_B = balance_weights(dataset, task.config)
    return Rows(
        batch,
        torch.from_numpy(scaled(task, dataset.label_BK)).to(task.device),
        None if weigh_B is None else torch.from_numpy(weigh_B).to(task.device),
        dataset,
    )


def scaled(task: Task, label_BK: FloatArray) -> FloatArray:
    """Labels as the network learns them: standardised, or class numbers."""
    if task.config.data.classes:
        return np.asarray(label_BK[:, 0].astype(np.int64))
    mean_K, std_K = np.array([s.mean for s in task.scales]), np.array([s.std for s in task.scales])
    return np.asarray(((label_BK - mean_K) / std_K).astype(np.float32))


def make_task(
    config: TrainingConfig, folder: Path, cache: Path, device: torch.device, way: Way | None = None, *,
    tell: Tell = say_nothing,
) -> Task:  # fmt: skip
    """Read and prepare the sets, split them, fit the scaling to the training split, choose the network."""
    architecture = _architecture(config)
    base = base_recipe(config.recipe)
    parent = read_parent(config, base) if config.network.init_from else None
    dataset = read_dataset(config.data, config.split.group, base, folder, cache, tell=tell)
    split = split_rows(dataset.group_B, config.split)
    _refuse_empty(dataset, split)
    train = dataset.rows(split.train)
    standardise = standardise_of(train) if config.recipe.standardise else None
    scales = scales_of(train, config.data.labels)
    if parent is not None:
        standardise, scales = parent.standardise, parent.scales_for(scales)
    return Task(
        config=config,
        architecture=architecture,
        network_config=_network_config(architecture, config, dataset),
        recipe=base if standardise is None else base.with_step(standardise),
        standardise=standardise,
        scales=scales,
        dataset=dataset,
        split=split,
        augmentations=augmentations_from(config.augment),
        parent=parent,
        device=device,
        way=way or ("loop" if device.type == "cpu" else "vmap"),
    )


def base_recipe(preparation: Preparation) -> Recipe:
    """The recipe up to the standardisation, which only a training split can give."""
    if preparation.steps:
        return recipe_from_json({"name": preparation.name or "own", "steps": preparation.steps})
    return recipe_named(preparation.name)


def without_standardise(recipe: Recipe) -> tuple[Recipe, Standardise | None]:
    """A card's recipe in two: what is prepared once and kept, and the scaling, which is cheap."""
    if recipe.steps and isinstance(recipe.steps[-1], Standardise):
        return replace(recipe, steps=recipe.steps[:-1]), recipe.steps[-1]
    return recipe, None


def _architecture(config: TrainingConfig) -> Architecture:
    name = config.network.architecture
    if name not in ARCHITECTURES:
        raise StellarViewError(
            f"There is no network {name!r}.", f"The networks are {', '.join(ARCHITECTURES)}.", "Choose one of these."
        )
    architecture = ARCHITECTURES[name]
    if (architecture.head == "class") != bool(config.data.classes):
        learns = "classes" if architecture.head == "class" else "labels"
        raise StellarViewError(
            f"{name} cannot learn this.", f"It learns {learns}.", f"Give data.{learns}, or choose another network."
        )
    return architecture


def _network_config(architecture: Architecture, config: TrainingConfig, dataset: Dataset) -> NetworkConfig:
    """The sizes that the user gave; lengths and counts follow from the data."""
    known = {field.name for field in fields(architecture.config_class)}
    counts = {
        "input_length": dataset.flux_BL.shape[1],
        "n_labels": len(config.data.labels),
        "n_classes": len(config.data.classes),
    }
    arms = {"arm_lengths": [arm.stop - arm.start for arm in dataset.grid]}
    facts = arms | dict(config.network.config) | counts
    asked = set(config.network.config)
    return architecture.config_from({key: value for key, value in facts.items() if key in known | asked - set(counts)})


def _refuse_empty(dataset: Dataset, split: Split) -> None:
    for name in ("train", "validation"):
        if len(getattr(split, name)) < 2:
            raise StellarViewError(
                f"The {name} split has {len(getattr(split, name))} spectra.",
                f"There are {len(dataset)} in {len(set(dataset.group_B))} groups: too few groups to part them.",
                "Choose a finer split.group, or give more spectra.",
            )
