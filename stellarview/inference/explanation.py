"""What an explainer is asked (a question), whom it asks (one member), and what a row of the table of explainers is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from stellarview.domain.arrays import BoolArray, FloatArray, read_only
from stellarview.domain.errors import StellarViewError
from stellarview.domain.spectrum import Medium
from stellarview.inference.ensemble import Ensemble
from stellarview.nets import ARCHITECTURES
from stellarview.nets.architecture import Architecture
from stellarview.nets.network import Network

_PER_CENT = 0.01


@dataclass(frozen=True, eq=False)
class Question:
    """Why does the ensemble say this of that spectrum? `output` is a label's key or the name of a class.

    `input_L` is what the network sees. `pixel_scale_L` is the std of the recipe's Standardise step, where there is one:
    derivatives are divided by it, to be per flux and not per standard deviation. `baseline_L` is a spectrum that says
    nothing: by default 1, the continuum, or 0 with a `pixel_scale_L`: the mean of the training set, to which
    Standardise sets masked pixels too. Pixels that are not good keep what they have in every comparison, so nothing is
    ever attributed to them.
    """

    input_L: FloatArray
    output: str
    wavelength_angstrom_L: FloatArray
    is_good_L: BoolArray | None = None
    pixel_scale_L: FloatArray | None = None
    baseline_L: FloatArray | None = None
    is_continuum_normalised: bool = True
    medium: Medium = "vacuum"

    def __post_init__(self) -> None:
        object.__setattr__(self, "input_L", read_only(self.input_L, np.float64))
        arrays = (self.input_L, self.wavelength_angstrom_L, self.good_L, self.scale_L, self._baseline_L)
        if self.input_L.ndim != 1 or any(np.shape(array) != self.input_L.shape for array in arrays):
            raise ValueError("a question's arrays are not of one length")
        if not all(np.isfinite(array).all() for array in arrays) or not (self.scale_L > 0).all():
            raise ValueError("a question's array is not finite, or its pixel_scale_L not positive")

    @property
    def good_L(self) -> BoolArray:
        """True where a pixel can be trusted."""
        return np.ones(self.input_L.shape, dtype=bool) if self.is_good_L is None else self.is_good_L

    @property
    def scale_L(self) -> FloatArray:
        """How much flux one unit of the network's input is."""
        return np.ones(self.input_L.shape) if self.pixel_scale_L is None else self.pixel_scale_L

    @property
    def start_L(self) -> FloatArray:
        """The baseline, with the spectrum's own values where pixels are not good."""
        return np.where(self.good_L, self._baseline_L, self.input_L)

    @property
    def _baseline_L(self) -> FloatArray:
        nothing = np.full(self.input_L.shape, 1.0 if self.pixel_scale_L is None else 0.0)
        return nothing if self.baseline_L is None else self.baseline_L

    @property
    def per_cent_L(self) -> FloatArray:
        """How far the network's input moves when a pixel's flux rises by 1% of the continuum."""
        return np.asarray(_PER_CENT / self.scale_L)

    @property
    def step_name(self) -> str:
        """What a derivative is per."""
        return "1% of the continuum" if self.is_continuum_normalised else "0.01 of the prepared flux"


@dataclass(frozen=True, eq=False)
class Member:
    """One member of an ensemble, asked for one output.

    `quick` may belong to others too; `watchable` makes the network that is this object's own, so hooks bother nobody.
    """

    watchable: Callable[[], Network]
    quick: Network
    architecture: Architecture
    layer: str
    column: int
    scale: float

    @cached_property
    def network(self) -> Network:
        """The network with layers to watch."""
        return self.watchable()

    def value(self, inputs_BL: Tensor) -> Tensor:
        """The output in its own unit, less the label's mean: a Gaussian's mean, a plain value, or a logit; (B,)."""
        return self._asked(self.network(inputs_BL))

    def _asked(self, output: Tensor) -> Tensor:
        if self.architecture.head == "gaussian":
            output = output[..., 0]
        return self.scale * output[:, self.column]

    def values(self, inputs_BL: Tensor, batch: int = 32) -> Tensor:
        """`value` in batches that fit the cache, without gradients."""
        with torch.no_grad():
            return torch.cat([self._asked(self.quick(part)) for part in torch.split(inputs_BL, batch)])

    def gradients(self, inputs_BL: Tensor, batch: int = 32) -> Tensor:
        """d(value)/d(input) for each spectrum, (B, L)."""
        pieces = []
        for part in torch.split(inputs_BL, batch):
            with recorded() as ready:
                inputs = ready(part)
                pieces.append(torch.autograd.grad(self._asked(self.quick(inputs)).sum(), inputs)[0])
        return torch.cat(pieces)

    def tensor(self, array: FloatArray) -> Tensor:
        """The array where the weights are, and as they are."""
        weight = next(self.quick.parameters())
        return torch.as_tensor(np.array(array), dtype=weight.dtype, device=weight.device)

    @contextmanager
    def watched(self) -> Iterator[list[Tensor]]:
        """Inside, the explained layer's maps (1, C, W) of each call are appended to the list."""
        maps: list[Tensor] = []
        try:
            layer = self.network.get_submodule(self.layer)
        except AttributeError as error:
            raise StellarViewError(
                f"The network {self.architecture.name} has no layer {self.layer!r} to explain.",
                "The model card names it.",
                f"Correct the card: {self.architecture.explained_layer!r} is the usual layer.",
            ) from error
        hook = layer.register_forward_hook(lambda module, given, made: maps.append(made))
        try:
            yield maps
        finally:
            hook.remove()


@dataclass(frozen=True)
class Explained:
    """What one member says; `note` where it must be taken with care."""

    values_L: Tensor
    note: str = ""


@dataclass(frozen=True)
class Explainer:
    """A way of explaining. `unit` says whether values are contributions to the output or derivatives by the flux."""

    name: str
    about: str
    explain: Callable[[Member, Question], Explained]
    unit: Literal["contribution", "derivative"] = "contribution"
    needs_gap: bool = False


@contextmanager
def recorded() -> Iterator[Callable[[Tensor], Tensor]]:
    """Gradients are recorded inside, whatever mode the caller is in; gives what makes a tensor a starting point."""
    with torch.inference_mode(False), torch.enable_grad():
        yield lambda inputs: inputs.detach().clone().requires_grad_(True)


def members_of(ensemble: Ensemble, output: str) -> list[Member]:
    """All members, asked for one output of the card."""
    check_output(ensemble, output)
    card = ensemble.card
    architecture, column = ARCHITECTURES[card.architecture], card.outputs.index(output)
    layer = card.explained_layer or architecture.explained_layer
    scale = card.labels[column].std if card.labels else 1.0
    return [
        Member(
            partial(ensemble.member_network, index), ensemble.quick_network(index), architecture, layer, column, scale
        )
        for index in range(card.members)
    ]


def check_output(ensemble: Ensemble, output: str) -> None:
    """An error with all that the model tells, where it does not tell this."""
    if output not in ensemble.card.outputs:
        raise StellarViewError(
            f"The model {ensemble.card.name} does not tell {output!r}.",
            f"It tells {', '.join(ensemble.card.outputs)}.",
            "Ask for one of these.",
        )
