"""All members of an ensemble on a batch of spectra, in one call, with outputs in physical units.

On a processor the cores share the members out among them, each member in its fastest form and with as many spectra at
a time as the cache holds: measured, that beats vmap for every network. On an accelerator all members run as one vmapped
call, where a loop would wait for kernels to start.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from stellarview.domain.arrays import FloatArray
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.inference.calibration import factors
from stellarview.inference.engines import Accelerator, Answers, Engine, Processor
from stellarview.io.models import StoredModel
from stellarview.nets import ARCHITECTURES
from stellarview.nets.network import Network

_PREFIX = "members."
_LEAST_BATCH = 1
Notice = Callable[[str], None]


class Ensemble:
    """A verified model, ready to run. Worker threads may share an ensemble."""

    def __init__(self, stored: StoredModel, device: torch.device, notice: Notice = lambda words: None) -> None:
        self.card: ModelCard = stored.card
        self._notice = notice
        self.tensors = stored.tensors
        self._network: Network = _skeleton(stored)  # never called, only copied
        self._weights = {
            name.removeprefix(_PREFIX): torch.from_numpy(_single(array))
            for name, array in stored.tensors.items()
            if name.startswith(_PREFIX)
        }
        self._engine = self._engine_on(device)

    @property
    def device(self) -> torch.device:
        """Where the work is done."""
        return self._engine.device

    def answers(self, inputs_BL: FloatArray, batch: int = 256) -> Answers:
        """Features and outputs of all members, from one pass."""
        pieces, start, engine = [], 0, self._engine
        while start < len(inputs_BL):
            try:
                pieces.append(engine.run(inputs_BL[start : start + batch]))
            except torch.OutOfMemoryError:
                batch, engine = self._retreat(batch, engine)
                continue
            start += batch
        return Answers(*(np.concatenate(pieces_of, axis=1) for pieces_of in zip(*pieces, strict=True)))

    def outputs(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """The heads' outputs of all members, members first: (M, B, K, 2) for Gaussians, else (M, B, K)."""
        return self.answers(inputs_BL, batch).outputs

    def gaussians(
        self, inputs_BL: FloatArray, snr_B: FloatArray | None = None, batch: int = 256
    ) -> tuple[FloatArray, FloatArray]:
        """Means and calibrated sigmas of all members, (M, B, K), in the labels' units; S/N is NaN where unknown."""
        return self.as_gaussians(self.outputs(inputs_BL, batch), snr_B)

    def as_gaussians(self, outputs: FloatArray, snr_B: FloatArray | None = None) -> tuple[FloatArray, FloatArray]:
        """Outputs as means and calibrated sigmas, (M, B, K), in the labels' units."""
        labels = self.card.labels
        if not labels:
            raise StellarViewError(
                f"The model {self.card.name} gives no uncertainties.",
                f"Its network {self.card.architecture} tells classes.",
                "Choose a model that tells labels.",
            )
        if outputs.ndim == 3:  # plain values: calibration alone says how far they are off, the same for every star
            outputs = np.stack([outputs, np.ones_like(outputs)], axis=-1)
        scale, offset = np.array([label.std for label in labels]), np.array([label.mean for label in labels])
        known_B = np.full(outputs.shape[1], np.nan) if snr_B is None else snr_B
        factor_BK = np.stack([factors(label, known_B) for label in labels], axis=-1)
        return offset + scale * outputs[..., 0], factor_BK * scale * np.sqrt(outputs[..., 1])

    def probabilities(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """Class probabilities of all members, (M, B, K)."""
        return self.as_probabilities(self.outputs(inputs_BL, batch))

    def as_probabilities(self, outputs: FloatArray) -> FloatArray:
        """Outputs as class probabilities, (M, B, K)."""
        if not self.card.classes:
            raise StellarViewError(
                f"The model {self.card.name} tells no classes.", "It was trained on labels.", "Choose a class model."
            )
        scores = outputs.astype(np.float64)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        return np.asarray(scores / scores.sum(axis=-1, keepdims=True))

    def features(self, inputs_BL: FloatArray, batch: int = 256) -> FloatArray:
        """What the heads of all members see, (M, B, F)."""
        return self.answers(inputs_BL, batch).features

    def member_network(self, index: int) -> Network:
        """A network of the caller's own with this member's weights, which are shared and not copied.

        Gradients and hooks need a module that no other thread works with; only the skeleton is copied, which is cheap.
        """
        return self._member(index).to(self.device)

    def quick_network(self, index: int) -> Network:
        """This member in its fastest form, for values and gradients alone: on a processor all threads share it."""
        engine = self._engine
        return engine.networks[index] if isinstance(engine, Processor) else self.member_network(index)

    def _member(self, index: int) -> Network:
        network = copy.deepcopy(self._network)
        network.load_state_dict({name: tensor[index] for name, tensor in self._weights.items()}, assign=True)
        return network.eval().requires_grad_(False)

    def _engine_on(self, device: torch.device) -> Engine:
        if device.type != "cpu":
            return Accelerator(device, self._network, self._weights)
        return Processor([self._member(index) for index in range(self.card.members)])

    def _retreat(self, batch: int, engine: Engine) -> tuple[int, Engine]:
        """Half the batch; when even one spectrum is too much, the processor, for all calls to come."""
        torch.cuda.empty_cache()
        if batch > _LEAST_BATCH:
            self._notice(f"The device ran out of memory: going on with {batch // 2} spectra at once.")
            return batch // 2, engine
        if engine.device.type == "cpu":
            raise StellarViewError(
                "There is not enough memory for a single spectrum.",
                f"The model {self.card.name} has {self.card.members} members.",
                "Close other programs, or use a smaller model.",
            )
        self._notice("The device has too little memory for this model: going on with the processor.")
        self._engine = self._engine_on(torch.device("cpu"))
        return 64, self._engine


def _single(array: NDArray[Any]) -> NDArray[Any]:
    """A copy to compute with: weights may be stored in half precision, no processor is fast in it."""
    return np.array(array, dtype=np.float32 if array.dtype == np.float16 else array.dtype)


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
