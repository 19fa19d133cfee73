"""Which layers learn, from which epoch on and how fast: staged unfreezing with rates of their own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stellarview.domain.errors import StellarViewError
from stellarview.training.config import Networks


@dataclass(frozen=True)
class LayerGroup:
    """Layers that wake up together; `factor` is what the learning rate is multiplied with for them."""

    names: tuple[str, ...]
    from_epoch: int = 0
    factor: float = 1.0


def layer_groups(names: Sequence[str], plan: Networks) -> tuple[LayerGroup, ...]:
    """All layers that are not frozen, in groups. A layer belongs to the first stage that names it, or stays frozen."""
    for prefix in (*plan.freeze, *(prefix for stage in plan.stages for prefix in stage["layers"])):
        if not any(name.startswith(prefix) for name in names):
            raise StellarViewError(
                f"No layer begins with {prefix!r}.",
                f"The layers are {', '.join(names)}.",
                "Correct network.freeze or network.stages.",
            )
    left = [name for name in names if not name.startswith(plan.freeze)]
    groups = []
    for stage in plan.stages or ({"layers": ("",)},):
        chosen = tuple(name for name in left if name.startswith(tuple(stage["layers"])))
        left = [name for name in left if name not in chosen]
        if chosen:
            groups.append(LayerGroup(chosen, stage.get("from_epoch", 0), float(stage.get("rate", 1.0))))
    if not any(group.from_epoch == 0 for group in groups):
        raise StellarViewError("There is nothing to train.", "All layers are frozen.", "Shorten network.freeze.")
    return tuple(groups)
