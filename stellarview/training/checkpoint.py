"""Checkpoints: the whole state of a run in one file that is complete or absent, and that holds no code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

from stellarview.domain.errors import StellarViewError
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name
from stellarview.training.state import TrainState

_VERSION = 2
_TENSORS = ("weights", "first", "second", "average", "best")
_FACTS = (
    *("epoch", "step", "best_loss", "best_epoch", "waited", "rate_factor", "stopped", "seconds"),
    *("rate", "batch", "group_steps", "history"),
)
# What may change between two sittings: it moves no weight.
_FREE = tuple(("model", name) for name in ("about", "licence", "cite", "trained_on", "store", "misfit"))
# Older checkpoints do not know it.
_LATER = {"parent"}
_ALSO_FREE = (("model", "name"), ("loop", "checkpoint_epochs"))


def write_checkpoint(path: Path, state: TrainState, identity: dict[str, Any]) -> None:
    """Tensors and facts in one safetensors file: two files could be of two epochs."""
    from safetensors.torch import save

    tensors = {f"{kind}/{name}": t.cpu().contiguous() for kind in _TENSORS for name, t in getattr(state, kind).items()}
    facts = {"version": _VERSION, "identity": identity, **{name: getattr(state, name) for name in _FACTS}}
    write_atomically(path, save(tensors, {"state": json.dumps(facts)}))


def read_checkpoint(path: Path, identity: dict[str, Any], device: torch.device) -> TrainState:
    """The state of a run with this configuration and these data; another's is refused, and what differs is named."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(path, "pt", device=str(device)) as file:
            facts = json.loads(file.metadata()["state"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dict
    except (SafetensorError, OSError, ValueError, KeyError, TypeError) as error:
        raise _refused(path, f"It is damaged: {error}.") from error
    if facts.get("version") != _VERSION:
        raise _refused(path, f"Its version {facts.get('version')} is not {_VERSION}.")
    changed = _differences(facts["identity"], identity)
    if changed:
        raise _refused(path, f"Since it was written these changed: {', '.join(changed)}.")
    parts: dict[str, Any] = {kind: {} for kind in _TENSORS} | {name: facts[name] for name in _FACTS}
    for name, tensor in tensors.items():
        kind, _, rest = name.partition("/")
        parts[kind][rest] = tensor
    return TrainState(**parts)


def _differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Names of what is not the same, but for what does not matter."""
    free = {f"config.{table}.{key}" for table, key in (*_FREE, *_ALSO_FREE)}
    free |= _LATER - old.keys()
    one, other = _flat(old, ""), _flat(new, "")
    return sorted(key for key in {*one, *other} - free if one.get(key) != other.get(key))


def _flat(facts: dict[str, Any], where: str) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in facts.items():
        name = f"{where}.{key}" if where else key
        flat |= _flat(value, name) if isinstance(value, dict) and value else {name: value}
    return flat


def _refused(path: Path, why: str) -> StellarViewError:
    return StellarViewError(
        f"The checkpoint {display_name(path)} cannot be continued.",
        why,
        "Undo the change, choose another folder with --run, or start again with --fresh.",
    )
