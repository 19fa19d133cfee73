"""All members of an ensemble on a batch of spectra, in one call, with outputs in physical units.

On a processor the members run one after the other: measured, a loop beats vmap for all networks but DenseNet-SE, by 1.1
(ResNet) to 6 times (RDN). On an accelerator they run as one vmapped call, where a loop would wait for kernels to start.
"""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.func import functional_call, vmap

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.io.models import StoredModel
from stellarview.nets import ARCHITECTURES
from stellarview.nets.network import Network

_PREFIX = "members."
_LEAST_BATCH = 1
Notice = Callable[[str], None]


class Ensemble:
    """A verified model, ready to run. Worker threads may share an ensemble: each call has a skeleton of its own."""

    def __init__(self, stored: StoredModel, device: torch.device, notice: Notice = lambda words: None) -> None:
        self.card: ModelCard = stored.card
        self._notice = notice
        self.tensors = stored.tensors
        self._network: Network = _skeleton(stored)  # never called, only copied
        self._idle: deque[Network] = deque()
        self._state = {
            name.removeprefix(_PREFIX): torch.from_numpy(_single(array))
            for name, array in stored.tensors.items()
            if name.startswith(_PREFIX)
        }
        self._move_to(device)

    @property
    def device(self) -> torch.device:
        """Where the weights are."""
        return self._device

    def outputs(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """The heads' outputs of all members, members first: (M, B, K, 2) for Gaussians, else (M, B, K)."""
        return self._in_batches(inputs_BL, batch)

    def gaussians(self, inputs_BL: FloatArray, batch: int = 256) -> tuple[FloatArray, FloatArray]:
        """Means and calibrated sigmas of all members, (M, B, K), in the labels' units."""
        outputs, labels = self.outputs(inputs_BL, batch), self.card.labels
        if not labels:
            raise StellarViewError(
                f"The model {self.card.name} gives no uncertainties.",
                f"Its network {self.card.architecture} tells classes.",
                "Choose a model that tells labels.",
            )
        if outputs.ndim == 3:  # plain values: calibration alone says how far they are off, the same for every star
            outputs = np.stack([outputs, np.ones_like(outputs)], axis=-1)
        scale, offset = np.array([label.std for label in labels]), np.array([label.mean for label in labels])
        factor = np.array([label.sigma_factor for label in labels])
        return offset + scale * outputs[..., 0], factor * scale * np.sqrt(outputs[..., 1])

    def probabilities(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """Class probabilities of all members, (M, B, K)."""
        scores = self.outputs(inputs_BL, batch).astype(np.float64)
        if not self.card.classes:
            raise StellarViewError(
                f"The model {self.card.name} tells no classes.", "It was trained on labels.", "Choose a class model."
            )
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=-1, keepdims=True))

    def features(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """What the heads of all members see, (M, B, F)."""
        return self._in_batches(inputs_BL, batch, up_to_head=True)

    def member_network(self, index: int) -> Network:
        """A network of the caller's own with this member's weights, which are shared and not copied.

        Gradients and hooks need a module that no other thread works with; only the skeleton is copied, which is cheap.
        """
        network = copy.deepcopy(self._network)
        network.load_state_dict({name: tensor[index] for name, tensor in self._state.items()}, assign=True)
        return network.eval().requires_grad_(False)

    def _in_batches(self, inputs_BL: FloatArray, batch: int, *, up_to_head: bool = False) -> FloatArray:
        pieces, start = [], 0
        while start < len(inputs_BL):
            try:
                pieces.append(self._run(inputs_BL[start : start + batch], up_to_head=up_to_head))
            except torch.OutOfMemoryError:
                batch = self._retreat(batch)
                continue
            start += batch
        return np.concatenate(pieces, axis=1)

    def _run(self, inputs_BL: FloatArray, *, up_to_head: bool = False) -> FloatArray:
        with torch.inference_mode():
            inputs = torch.tensor(inputs_BL, dtype=torch.float32, device=self._device)
            with self._own_skeleton() as skeleton:
                network: nn.Module = _Features(skeleton) if up_to_head else skeleton
                prefix = "network." if up_to_head else ""

                def member(state: dict[str, Tensor], inputs_BL: Tensor) -> Tensor:
                    named = {f"{prefix}{name}": tensor for name, tensor in state.items()}
                    output: Tensor = functional_call(network, named, (inputs_BL,))
                    return output

                if self._device.type == "cpu":
                    outputs = torch.stack([member(state, inputs) for state in self._members()])
                else:
                    outputs = vmap(member, in_dims=(0, None))(self._state, inputs)
            return np.asarray(outputs.float().cpu().numpy())

    @contextmanager
    def _own_skeleton(self) -> Iterator[Network]:
        """A skeleton that no other call works with: functional_call puts the weights into the module while it runs.

        With one for all, two of three predictions of four threads were wrong, and nothing said so. A deque gives and
        takes without a lock; there are never more skeletons than calls at a time.
        """
        try:
            skeleton = self._idle.pop()
        except IndexError:
            skeleton = copy.deepcopy(self._network)
        try:
            yield skeleton
        finally:
            self._idle.append(skeleton)

    def _members(self) -> Iterator[dict[str, Tensor]]:
        for index in range(self.card.members):
            yield {name: tensor[index] for name, tensor in self._state.items()}

    def _retreat(self, batch: int) -> int:
        """Half the batch; when even one spectrum is too much, the processor."""
        torch.cuda.empty_cache()
        if batch > _LEAST_BATCH:
            self._notice(f"The device ran out of memory: going on with {batch // 2} spectra at once.")
            return batch // 2
        if self._device.type == "cpu":
            raise StellarViewError(
                "There is not enough memory for a single spectrum.",
                f"The model {self.card.name} has {self.card.members} members.",
                "Close other programs, or use a smaller model.",
            )
        self._notice("The device has too little memory for this model: going on with the processor.")
        self._move_to(torch.device("cpu"))
        return 64

    def _move_to(self, device: torch.device) -> None:
        self._device = device
        self._state = {name: tensor.to(device) for name, tensor in self._state.items()}


def _single(array: NDArray[Any]) -> NDArray[Any]:
    """A copy to compute with: weights may be stored in half precision, no processor is fast in it."""
    return np.array(array, dtype=np.float32 if array.dtype == np.float16 else array.dtype)


class _Features(nn.Module):
    """A network up to its head."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, flux_BL: Tensor) -> Tensor:
        """What the head sees."""
        return self.network.features(flux_BL)


def _skeleton(stored: StoredModel) -> Network:
    """The network on the meta device, so that a stranger's card cannot claim memory; shapes are checked."""
    card = stored.card
    if card.architecture not in ARCHITECTURES:
        raise StellarViewError(
            f"The model {card.name} needs the network {card.architecture!r}.",
            f"The networks here are {', '.join(ARCHITECTURES)}.",
            "A newer model needs a newer StellarView.",
        )
    architecture = ARCHITECTURES[card.architecture]
    with torch.device("meta"):
        network = architecture.build(architecture.config_from(card.config)).eval()
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    found = {
        name.removeprefix(_PREFIX): array.shape[1:]
        for name, array in stored.tensors.items()
        if name.startswith(_PREFIX)
    }
    if expected != found:
        wrong = sorted(set(expected.items()) ^ set(found.items()))[:3]
        raise StellarViewError(
            f"The model {card.name} is refused.",
            f"Its weights do not fit its network: {'; '.join(f'{name} {shape}' for name, shape in wrong)}.",
            "Download it again, or train it anew.",
        )
    return network
