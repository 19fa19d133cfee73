"""Transfer: a model whose weights are where training starts, with the recipe and scaling that belong to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.io.models import Tensors, find_model, read_model
from stellarview.recipes import recipe_from_json
from stellarview.recipes.recipe import Recipe
from stellarview.recipes.scaling import Standardise
from stellarview.training.config import TrainingConfig
from stellarview.training.members import Weights

# A head has a row of weights for each label.
_HEAD = "head."


@dataclass(frozen=True, eq=False)
class Parent:
    """The model that members start from."""

    card: ModelCard
    tensors: Tensors
    standardise: Standardise | None

    def weights_for(self, fresh: Weights, outputs: Sequence[str]) -> Weights:
        """Its weights where names and shapes agree, members in turn; what the head says of new labels stays fresh."""
        own = self.card.outputs
        shared = [(new, own.index(key)) for new, key in enumerate(outputs) if key in own]
        taken: Weights = {}
        for name, tensor in fresh.items():
            array = self.tensors.get(f"members.{name}")
            if array is None:
                continue
            ours = torch.from_numpy(array[[member % len(array) for member in range(len(tensor))]]).to(tensor.dtype)
            if name.startswith(_HEAD) and ours.shape[2:] == tensor.shape[2:] and shared:
                new, old = (list(places) for places in zip(*shared, strict=True))
                taken[name] = tensor.clone()
                taken[name][:, new] = ours[:, old]
            elif not name.startswith(_HEAD) and ours.shape == tensor.shape:
                taken[name] = ours
        if not taken:
            raise self._refused("Not one layer has the name and shape of one of its layers.")
        return taken

    def scales_for(self, scales: tuple[LabelScale, ...]) -> tuple[LabelScale, ...]:
        """Its scaling of the labels that both know: its head speaks in it."""
        own = {scale.key: scale for scale in self.card.labels}
        return tuple(
            replace(scale, mean=own[scale.key].mean, std=own[scale.key].std) if scale.key in own else scale
            for scale in scales
        )

    def _refused(self, why: str) -> StellarViewError:
        return StellarViewError(
            f"Training cannot start from the model {self.card.name}.",
            why,
            "Choose another model, or correct the configuration.",
        )


def read_parent(config: TrainingConfig, base: Recipe) -> Parent:
    """The model of `init_from`; it must have the same network and be fed in the same way."""
    stored = read_model(find_model(config.network.init_from))
    recipe = recipe_from_json(stored.card.recipe)
    standardise = recipe.steps[-1] if recipe.steps and isinstance(recipe.steps[-1], Standardise) else None
    parent = Parent(stored.card, stored.tensors, standardise)
    if stored.card.architecture != config.network.architecture:
        raise parent._refused(f"Its network is {stored.card.architecture}, not {config.network.architecture}.")
    if tuple(step for step in recipe.steps if step is not standardise) != base.steps:
        raise parent._refused("Its recipe is another: its weights would not know these spectra.")
    return parent
