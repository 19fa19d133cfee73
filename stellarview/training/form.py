"""The settings of a training run as a form on one screen: plain data, which a window renders and a test reads.

Everything follows from the dataclasses and their sentences of help, so that no setting can be forgotten here.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from stellarview.training.augment import AUGMENTATIONS
from stellarview.training.config import Data, Loop, ModelFacts, Networks, Optimiser, Preparation, SplitPlan
from stellarview.training.setting import about

Fact = TypeVar("Fact")
Kind = Literal["choice", "whole number", "number", "text", "switch", "list", "table"]

# The tables of a configuration in the order of their boxes.
GROUPS: dict[str, tuple[str, type[Any]]] = {
    "model": ("Model", ModelFacts),
    "data": ("Spectra and labels", Data),
    "recipe": ("Preparation", Preparation),
    "network": ("Networks", Networks),
    "split": ("Split", SplitPlan),
    "optimiser": ("Optimiser", Optimiser),
    "loop": ("Loop", Loop),
}
# What everybody is asked; the rest waits behind "advanced".
BASIC = (
    *("model.name", "network.architecture", "network.members", "loop.epochs", "loop.batch", "optimiser.rate"),
    *("split.group", "split.train", "split.validation", "split.test", "loop.seed"),
)
# Lowest and highest; None is without limit.
LIMITS: dict[str, tuple[float | None, float | None]] = {
    "model.faithfulness": (0, 1000),
    "data.least_snr": (0, 1000),
    "data.least_good_share": (0, 1),
    "network.members": (1, 1000),
    "members": (0, 1000),
    "split.train": (0.05, 0.95),
    "split.validation": (0.02, 0.9),
    "split.test": (0, 0.9),
    "split.seed": (0, None),
    "split.folds": (0, 100),
    "split.fold": (0, 99),
    "optimiser.rate": (0, 1),
    "optimiser.weight_decay": (0, 10),
    "optimiser.factor": (0.001, 1),
    "optimiser.plateau_patience": (1, 1000),
    "optimiser.warm_up_epochs": (0, 1000),
    "optimiser.clip_norm": (0, 1e6),
    "loop.epochs": (1, 100_000),
    "loop.batch": (0, 65_536),
    "loop.patience": (0, 10_000),
    "loop.seed": (0, None),
    "loop.checkpoint_epochs": (1, 10_000),
    "loop.average": (0, 0.9999),
    "loop.balance_cap": (1, 1000),
}
# Numbers that stand for something else.
MEANING_OF_ZERO = {
    "loop.batch": "automatic",
    "optimiser.rate": "found by a test",
    "loop.patience": "never",
    "members": "as the parent",
}


@dataclass(frozen=True)
class FormField:
    """One line of the form. `name` is the setting's place in the file, as in `loop.epochs`."""

    name: str
    text: str
    help: str
    kind: Kind
    default: Any
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    zero: str = ""
    is_basic: bool = False


@dataclass(frozen=True)
class FormGroup:
    """A box of the form."""

    name: str
    text: str
    fields: tuple[FormField, ...]


def training_form() -> tuple[FormGroup, ...]:
    """Every setting of a training run."""
    return tuple(FormGroup(name, text, _fields(kind, f"{name}.")) for name, (text, kind) in GROUPS.items())


def augmentation_form() -> tuple[FormGroup, ...]:
    """Every augmentation with its settings; each that is switched on becomes an entry of `augment`."""
    return tuple(FormGroup(name, name.replace("_", " "), _fields(kind, "")) for name, kind in AUGMENTATIONS.items())


def form_of(kind: type[Any], basic: tuple[str, ...], like: Mapping[str, str]) -> tuple[FormField, ...]:
    """The fields of any dataclass whose fields are settings; `like` says whose limits and choices a field shares."""
    known = {one.name: one for group in training_form() for one in group.fields}
    return tuple(_as_its_twin(one, known.get(like.get(one.name, "")), one.name in basic) for one in _fields(kind, ""))


def _as_its_twin(field: FormField, twin: FormField | None, is_basic: bool) -> FormField:
    field = dataclasses.replace(field, is_basic=is_basic)
    if twin is None:
        return field
    shared = ("kind", "low", "high", "zero", "choices")
    return dataclasses.replace(field, **{name: getattr(twin, name) for name in shared})


def _fields(kind: type[Any], prefix: str) -> tuple[FormField, ...]:
    hints = typing.get_type_hints(kind)
    return tuple(_field(kind, one, hints[one.name], prefix) for one in dataclasses.fields(kind))


def _field(kind: type[Any], field: dataclasses.Field[Any], hint: Any, prefix: str) -> FormField:
    name = prefix + field.name
    default = field.default if field.default_factory is dataclasses.MISSING else field.default_factory()
    low, high = _of_setting(LIMITS, name, (None, None))
    return FormField(
        name,
        field.name.replace("_", " "),
        about(kind, field.name),
        _kind(name, hint),
        None if default is dataclasses.MISSING else default,
        _choices(name, hint),
        low,
        high,
        _of_setting(MEANING_OF_ZERO, name, ""),
        name in BASIC,
    )


def _of_setting(told: Mapping[str, Fact], name: str, unknown: Fact) -> Fact:
    """Of a setting by its place in the file; a choice outside of any table is the setting of its name."""
    if name in told or "." in name:
        return told.get(name, unknown)
    return next((fact for place, fact in told.items() if place.endswith(f".{name}")), unknown)


def _kind(name: str, hint: Any) -> Kind:
    if _choices(name, hint):
        return "choice"
    origin = typing.get_origin(hint)
    if origin in (Mapping, dict) or (origin is tuple and typing.get_origin(typing.get_args(hint)[0]) is Mapping):
        return "table"
    if origin is tuple:
        return "list"
    kinds: dict[Any, Kind] = {bool: "switch", int: "whole number", float: "number"}
    return kinds.get(hint, "text")


def _choices(name: str, hint: Any) -> tuple[str, ...]:
    if name in CHOICES:
        return CHOICES[name]
    if typing.get_origin(hint) is Literal:
        return tuple(str(one) for one in typing.get_args(hint))
    return ()


# `nets.ARCHITECTURES` knows them too, but loads torch, for which no form shall wait; a test compares the two.
ARCHITECTURE_NAMES = (
    *("RRNet", "RDN", "StarNet", "StarNetR", "ResNet", "DenseNet", "SPCANet", "DenseNetSE", "SubtypeResNet", "MLP"),
)
# Settings that are texts in the file, of which only these make sense; "" is as the parent's.
CHOICES: dict[str, tuple[str, ...]] = {
    "network.architecture": ARCHITECTURE_NAMES,
    "architecture": ("", *ARCHITECTURE_NAMES),
    "group": ("star", "plan_id", "designation", "obsid"),
}
