"""What a training run is asked to do: every choice by name, with a sentence of help, in one frozen dataclass."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stellarview.domain.model_card import is_model_name
from stellarview.domain.spectrum import Instrument
from stellarview.training.setting import refuse_unless, setting


@dataclass(frozen=True)
class ModelFacts:
    """What the model is called, and what its card tells a reader."""

    name: str = setting("model", "Name of the model: small letters, digits, '-', '.' and '_'.")
    about: str = setting("", "What it is, in a sentence.")
    instrument: Instrument = setting("LRS", "Which of LAMOST's instruments it is for: LRS or MRS.")
    licence: str = setting("BSD-3-Clause", "Licence of the weights.")
    cite: tuple[str, ...] = setting((), "What a user of the model should cite.")
    trained_on: str = setting("", "What the training spectra and labels are, in a sentence.")
    misfit: Mapping[str, float] = setting(
        {}, "How far synthetic spectra are off real stars, a sigma for each label; part of every sigma that is told."
    )
    faithfulness: int = setting(0, "Test spectra on which explanations are compared with random order; 0 without.")
    store: Literal["float32", "float16"] = setting("float32", "How weights are stored; float16 halves the file.")

    def __post_init__(self) -> None:
        refuse_unless(is_model_name(self.name), f"model.name is {self.name!r}: small letters, digits, '-', '.' and '_'")
        for key, sigma in self.misfit.items():
            fits = isinstance(sigma, int | float) and 0 <= sigma < math.inf
            refuse_unless(fits, f"model.misfit.{key} is {sigma!r}, not a sigma")


@dataclass(frozen=True)
class Data:
    """Which spectra and which labels."""

    sets: tuple[str, ...] = setting((), "HDF5 spectrum sets; relative paths start at the configuration's folder.")
    labels: tuple[str, ...] = setting((), "Labels to learn, by column; `subtype` is made of the header's subclass.")
    classes: tuple[str, ...] = setting((), "Classes to learn, instead of labels.")
    class_column: str = setting("object_class", "The column of facts that holds the class.")
    label_table: str = setting("", "Table with the labels (by obsid or file name), where the sets have none.")
    least_snr: float = setting(0.0, "Spectra below this S/N are left out.")
    least_good_share: float = setting(0.0, "Spectra with a smaller share of good pixels are left out.")
    ranges: Mapping[str, Any] = setting({}, "Label -> [low, high]: spectra outside are left out.")

    def __post_init__(self) -> None:
        refuse_unless(bool(self.sets), "data.sets names no spectrum set")
        refuse_unless(bool(self.labels) != bool(self.classes), "data needs either labels or classes")
        for names in (self.labels, self.classes):
            refuse_unless(len(set(names)) == len(names), "data.labels or data.classes has a name twice")
        for key, pair in self.ranges.items():
            fits = isinstance(pair, list | tuple) and len(pair) == 2
            fits = fits and all(isinstance(end, int | float) for end in pair) and pair[0] < pair[1]
            refuse_unless(fits, f"data.ranges.{key} is {pair!r}, not [low, high]")
            refuse_unless(key in self.labels, f"data.ranges.{key} is no label of data.labels")


@dataclass(frozen=True)
class Preparation:
    """What is done to a spectrum before the network sees it."""

    name: str = setting("", "A recipe by name: rrnet, rdn, densenet-se, resnet-subtype.")
    steps: tuple[Mapping[str, Any], ...] = setting(
        (), "Or its steps in order, each a table with `step` and its fields."
    )
    standardise: bool = setting(True, "Scale each pixel with mean and scatter of the training spectra.")

    def __post_init__(self) -> None:
        refuse_unless(bool(self.name) or bool(self.steps), "recipe needs a name or steps")


@dataclass(frozen=True)
class Networks:
    """Which network, how large, how many, and where their weights start."""

    architecture: str = setting("RRNet", "A row of the table of networks.")
    config: Mapping[str, Any] = setting({}, "Its sizes; those left out are as published, input and labels as given.")
    members: int = setting(6, "How many networks, which differ by their seed.")
    init_from: str = setting("", "A model (name or folder) whose weights are the start, instead of random ones.")
    freeze: tuple[str, ...] = setting((), "Layers that stay as they start, by the beginning of their names.")
    stages: tuple[Mapping[str, Any], ...] = setting(
        (), "Layers that wake up one after the other: tables with `layers`, `from_epoch` and `rate` (a factor)."
    )

    def __post_init__(self) -> None:
        refuse_unless(1 <= self.members <= 1000, f"network.members is {self.members}, not 1 to 1000")
        for stage in self.stages:
            _refuse_bad_stage(stage)
        refuse_unless(
            not self.stages or any(stage.get("from_epoch", 0) == 0 for stage in self.stages),
            "network.stages has none with from_epoch = 0: nothing would learn at first",
        )


def _refuse_bad_stage(stage: Mapping[str, Any]) -> None:
    layers, epoch, rate = stage.get("layers"), stage.get("from_epoch", 0), stage.get("rate", 1.0)
    fits = isinstance(layers, list | tuple) and bool(layers) and all(isinstance(name, str) for name in layers)
    fits = fits and isinstance(epoch, int) and epoch >= 0 and isinstance(rate, int | float) and rate > 0
    unknown = set(stage) - {"layers", "from_epoch", "rate"}
    refuse_unless(fits and not unknown, f"network.stages has {dict(stage)!r}: layers, from_epoch and rate are known")


@dataclass(frozen=True)
class SplitPlan:
    """Which spectra train, which decide when to stop, and which are looked at once, at the end."""

    group: str = setting(
        "plan_id", "Spectra that share this column (plan_id, designation, obsid, a label) stay together."
    )
    train: float = setting(0.7, "Share of the spectra that the networks learn from.")
    validation: float = setting(0.1, "Share that chooses the best weights and calibrates sigma.")
    test: float = setting(0.2, "Share for the metrics on the card.")
    seed: int = setting(0, "Another seed, another split.")
    folds: int = setting(0, "Instead of the shares: cut into this many parts, of which one is the test.")
    fold: int = setting(0, "Which part is the test, counted from 0.")

    def __post_init__(self) -> None:
        shares = (self.train, self.validation, self.test)
        refuse_unless(min(self.train, self.validation) > 0 and self.test >= 0, f"split shares {shares} are impossible")
        refuse_unless(abs(sum(shares) - 1) < 1e-6, f"split shares {shares} do not add up to 1")
        refuse_unless(self.folds == 0 or self.folds >= 2, "split.folds is 0, or 2 and more")
        refuse_unless(0 <= self.fold < max(self.folds, 1), f"split.fold is {self.fold} of {self.folds}")


@dataclass(frozen=True)
class Optimiser:
    """How weights move."""

    name: Literal["adam", "adamw"] = setting("adam", "adam, or adamw whose weight decay is not scaled by gradients.")
    rate: float = setting(1e-3, "Learning rate; 0 finds one by a short test.")
    weight_decay: float = setting(0.0, "Pull towards zero.")
    schedule: Literal["constant", "cosine", "steps", "plateau"] = setting("cosine", "How the rate falls.")
    steps: tuple[int, ...] = setting((10, 30, 50), "For `steps`: epochs at which the rate falls.")
    factor: float = setting(0.1, "For `steps` and `plateau`: what the rate is multiplied with.")
    plateau_patience: int = setting(5, "For `plateau`: epochs without a better validation loss before the rate falls.")
    warm_up_epochs: float = setting(0.0, "Epochs over which the rate rises from zero.")
    clip_norm: float = setting(0.0, "Longest gradient of a member; 0 is without limit.")

    def __post_init__(self) -> None:
        refuse_unless(self.rate >= 0, f"optimiser.rate is {self.rate}, below 0")
        refuse_unless(0 < self.factor <= 1, f"optimiser.factor is {self.factor}, not above 0 and at most 1")
        refuse_unless(
            min(self.weight_decay, self.warm_up_epochs, self.clip_norm) >= 0, "optimiser has a negative value"
        )


@dataclass(frozen=True)
class Loop:
    """How long, and how."""

    epochs: int = setting(30, "Times that each training spectrum is seen.")
    batch: int = setting(256, "Spectra in one step; 0 chooses by their number.")
    patience: int = setting(0, "A member stops after so many epochs without a better validation loss; 0 never.")
    seed: int = setting(0, "Weights, order, noise and dropout follow from it.")
    checkpoint_epochs: int = setting(1, "Epochs between checkpoints.")
    average: float = setting(0.0, "Decay of the running mean of weights that is judged and kept; 0 is without.")
    robust: bool = setting(False, "Gaussian heads only: a Laplace likelihood, on which grossly wrong labels pull less.")
    balance: str = setting("", "Weigh spectra against the density of this label, or of the classes (`class`).")
    balance_cap: float = setting(5.0, "Largest weight of a spectrum over the mean weight.")

    def __post_init__(self) -> None:
        refuse_unless(min(self.epochs, self.checkpoint_epochs) >= 1, "loop has a count below 1")
        refuse_unless(self.batch >= 0, "loop.batch is negative")
        refuse_unless(self.patience >= 0, "loop.patience is negative")
        refuse_unless(0 <= self.average < 1, f"loop.average is {self.average}, not at least 0 and below 1")
        refuse_unless(self.balance_cap >= 1, f"loop.balance_cap is {self.balance_cap}, below 1")


@dataclass(frozen=True)
class TrainingConfig:
    """A whole training run. What is left out of the file is as here."""

    data: Data
    recipe: Preparation
    model: ModelFacts = field(default_factory=ModelFacts)
    network: Networks = field(default_factory=Networks)
    split: SplitPlan = field(default_factory=SplitPlan)
    augment: tuple[Mapping[str, Any], ...] = setting((), "What is done to training spectra, in order, at each look.")
    optimiser: Optimiser = field(default_factory=Optimiser)
    loop: Loop = field(default_factory=Loop)

    def __post_init__(self) -> None:
        known = (*self.data.labels, *(("class",) if self.data.classes else ()))
        balance = self.loop.balance
        refuse_unless(not balance or balance in known, f"loop.balance is {balance!r}, not one of {known}")
        for key in self.model.misfit:
            refuse_unless(key in self.data.labels, f"model.misfit.{key} is no label of data.labels")

    @property
    def outputs(self) -> tuple[str, ...]:
        """Labels, or classes."""
        return self.data.labels or self.data.classes
