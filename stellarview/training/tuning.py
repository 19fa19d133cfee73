"""From a parent, a training set and a few choices to the configuration of a run: fine-tuning without a text editor."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.training.config import (
    Data,
    Loop,
    ModelFacts,
    Networks,
    Optimiser,
    Preparation,
    SplitPlan,
    TrainingConfig,
)
from stellarview.training.config_file import config_from, write_config
from stellarview.training.form import ARCHITECTURE_NAMES, FormField, form_of
from stellarview.training.label_set import STAR_COLUMN, LabelSet
from stellarview.training.launch import CONFIG_FILE, command_line
from stellarview.training.preflight import Preflight
from stellarview.training.setting import refuse_unless, setting

What = Literal["head only", "staged", "all", "from scratch"]
Augmenting = Literal["as the parent", "none"]

_LIKE = {
    **{name: f"loop.{name}" for name in ("epochs", "patience", "batch", "seed")},
    **{name: f"split.{name}" for name in ("train", "validation", "test")},
    **{"rate": "optimiser.rate", "architecture": "network.architecture", "members": "network.members"},
}
_FOR_CLASSES, _ROBUST_BY_ITSELF = ("DenseNetSE",), ("SubtypeResNet",)
# Their published number of sub-bands, and the channels and the pooling before those: nets know it too, but load torch.
_SUB_BANDS = {"RRNet": (40, 16, 8), "StarNetR": (80, 16, 4)}
_BASIC = ("name", "what", "epochs", "members", "augment")
# When the layers below the head wake up, as shares of all epochs, and how fast they learn beside it.
_LAST_BLOCK_FROM, _ALL_FROM = 0.2, 0.5
_LAST_BLOCK_RATE, _ALL_RATE = 0.3, 0.1


@dataclass(frozen=True)
class TuningChoices:
    """What the user decides; the rest follows from the parent and the set."""

    name: str = setting("my-model", "Name of the new model: small letters, digits, '-', '.' and '_'.")
    what: What = setting("staged", "Which layers learn: the head, one block after the other, or all; or from scratch.")
    architecture: str = setting("", "From scratch: which network; the parent's if none is named.")
    labels: tuple[str, ...] = setting((), "Labels to learn; none named are all that can be learned.")
    epochs: int = setting(30, "Times that each training spectrum is seen.")
    patience: int = setting(10, "A member stops after so many epochs without a better validation loss; 0 never.")
    batch: int = setting(0, "Spectra in one step; 0 chooses by their number.")
    rate: float = setting(0.0, "Learning rate; 0 finds one by a short test.")
    augment: Augmenting = setting("as the parent", "What is done to training spectra at each look.")
    members: int = setting(0, "How many networks; 0 is as many as the parent has.")
    group: str = setting(STAR_COLUMN, "Spectra that share this stay in one part of the split.")
    train: float = setting(0.7, "Share of the spectra that the networks learn from.")
    validation: float = setting(0.1, "Share that chooses the best weights and calibrates sigma.")
    test: float = setting(0.2, "Share for the metrics on the card.")
    seed: int = setting(0, "Split, weights, order and noise follow from it.")

    def __post_init__(self) -> None:
        refuse_unless(self.epochs >= 1 and self.members >= 0, "epochs or members are too few")

    @property
    def split(self) -> SplitPlan:
        """The split that they mean; `preflight` counts it."""
        return SplitPlan(self.group, self.train, self.validation, self.test, self.seed)


def tuning_form() -> tuple[FormField, ...]:
    """The choices as a form; the basic ones are enough."""
    form = form_of(TuningChoices, _BASIC, _LIKE)
    changes: dict[str, dict[str, Any]] = {
        "members": {"low": 0, "zero": "as the parent"},
        "architecture": {"choices": tuple(name for name in ARCHITECTURE_NAMES if name not in _FOR_CLASSES)},
    }
    return tuple(replace(one, **changes.get(one.name, {})) for one in form)


def fine_tuning_config(
    card: ModelCard, label_set: LabelSet, found: Preflight, choices: TuningChoices, parent: str = ""
) -> TrainingConfig:
    """The configuration of this run. `parent` is the model's folder or name, where its name alone does not find it."""
    if card.classes:
        raise StellarViewError(
            f"{card.name} cannot be tuned on labels.", "It tells classes.", "Choose a model that tells labels."
        )
    before = _before(card)
    is_scratch = choices.what == "from scratch"
    architecture = choices.architecture if is_scratch and choices.architecture else card.architecture
    network = Networks(
        architecture=architecture,
        config=_sizes(card) if architecture == card.architecture else fitting_sizes(architecture, card),
        members=choices.members or card.members,
        init_from="" if is_scratch else parent or card.name,
        freeze=(),
        stages=_stages(card, choices),
    )
    return TrainingConfig(
        data=Data(label_set.sets, _labels(card, found, choices), least_snr=_least_snr(card, found)),
        recipe=_recipe(card),
        model=_facts(card, found, choices),
        network=network,
        split=choices.split,
        augment=before.augment if before is not None and choices.augment == "as the parent" else (),
        optimiser=_optimiser(before, choices),
        loop=Loop(
            epochs=choices.epochs,
            batch=choices.batch,
            patience=choices.patience,
            seed=choices.seed,
            robust=before is not None and before.loop.robust and architecture not in _ROBUST_BY_ITSELF,
        ),
    )


def write_run(run_folder: Path, config: TrainingConfig) -> str:
    """Put the configuration into the run's folder; the command line that does the same run."""
    import shlex

    write_config(run_folder / CONFIG_FILE, config)
    return shlex.join(command_line(run_folder))


def last_block(architecture: str, sizes: Mapping[str, Any]) -> str:
    """The layers just below the head, by the beginning of their names."""
    if architecture == "MLP":  # a dense layer, its activation and its dropout count three
        return f"dense.{3 * (len(sizes['dense']) - 1)}."
    if architecture == "SubtypeResNet":
        return f"structures.{len(sizes['channels']) * sizes['structures_per_stage'] - 1}."
    return {"DenseNet": "last", "DenseNetSE": "skips"}.get(architecture, "dense")


def _stages(card: ModelCard, choices: TuningChoices) -> tuple[Mapping[str, Any], ...]:
    head = {"layers": ["head"], "from_epoch": 0, "rate": 1.0}
    if choices.what == "head only":
        return (head,)
    if choices.what != "staged" or choices.epochs < 3:
        return ()
    block = last_block(card.architecture, card.config)
    first = max(1, round(_LAST_BLOCK_FROM * choices.epochs))
    second = max(first + 1, round(_ALL_FROM * choices.epochs))
    return (
        head,
        {"layers": [block], "from_epoch": first, "rate": _LAST_BLOCK_RATE},
        {"layers": [""], "from_epoch": second, "rate": _ALL_RATE},
    )


def _labels(card: ModelCard, found: Preflight, choices: TuningChoices) -> tuple[str, ...]:
    """The parent's in its order, then the new ones."""
    wanted = [key for key in found.usable_labels if not choices.labels or key in choices.labels]
    if not wanted:
        raise StellarViewError("No label is left to learn.", "Those that were chosen have no values.", "Choose others.")
    return (*(key for key in card.outputs if key in wanted), *(key for key in wanted if key not in card.outputs))


def _before(card: ModelCard) -> TrainingConfig | None:
    """How the parent was trained, where its card tells."""
    try:
        return config_from(card.training["config"])
    except (KeyError, TypeError, ValueError):
        return None


def _recipe(card: ModelCard) -> Preparation:
    """The parent's steps; the standardisation is not one of them, for it comes with the weights or anew."""
    steps: Sequence[Mapping[str, Any]] = card.recipe["steps"]
    is_standardised = bool(steps) and steps[-1].get("step") == "standardise"
    kept = tuple(steps[:-1] if is_standardised else steps)
    return Preparation(str(card.recipe.get("name", "")), kept, is_standardised)


def _sizes(card: ModelCard) -> dict[str, Any]:
    """The network's sizes; those that follow from the data are left out."""
    given = ("input_length", "n_labels", "n_classes", "arm_lengths")
    return {key: value for key, value in card.config.items() if key not in given}


def fitting_sizes(architecture: str, card: ModelCard) -> dict[str, Any]:
    """The published sizes, but for the number of sub-bands, which must part the values of spectra of this length."""
    if architecture not in _SUB_BANDS:
        return {}
    usual, channels, pooled = _SUB_BANDS[architecture]
    values = channels * (card.config["input_length"] // pooled)
    return {"n_sub_bands": next(n for n in range(usual, 0, -1) if values % n == 0)}


def _optimiser(before: TrainingConfig | None, choices: TuningChoices) -> Optimiser:
    plan = before.optimiser if before is not None else Optimiser()
    plan = replace(plan, rate=choices.rate, schedule="cosine")
    return (
        plan if choices.what == "from scratch" else replace(plan, warm_up_epochs=0.0, clip_norm=plan.clip_norm or 10.0)
    )


def _least_snr(card: ModelCard, found: Preflight) -> float:
    """As the parent was trained, unless that would leave hardly anything."""
    return card.least_snr if found.n_low_snr < 0.5 * found.n_spectra else 0.0


def _facts(card: ModelCard, found: Preflight, choices: TuningChoices) -> ModelFacts:
    made = "trained from scratch, as" if choices.what == "from scratch" else "tuned from"
    return ModelFacts(
        name=choices.name,
        about=f"{', '.join(found.usable_labels)} on the user's own labels, {made} {card.name}",
        instrument=card.instrument,
        licence=card.licence,
        cite=card.cite,
        trained_on=f"{found.n_spectra:,} spectra of {found.n_stars:,} stars with the user's own labels",
    )
