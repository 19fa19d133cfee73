"""What runs all members of an ensemble on a batch: the processor's cores, or an accelerator. Neither ever changes."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import NamedTuple, Protocol

import numpy as np
import torch
from torch import Tensor, nn
from torch.func import functional_call, vmap

from stellarview.domain.arrays import FloatArray
from stellarview.inference.cores import side_by_side
from stellarview.nets.frozen import frozen
from stellarview.nets.network import Network

# With 16 spectra a member's maps stay in a core's cache; with 256 the time goes into fetching fresh memory.
_SPECTRA_A_JOB = 16
_HALF_ERROR = 0.02


class Answers(NamedTuple):
    """Members first: what their heads see, (M, B, F), and what these make of it, (M, B, K) or (M, B, K, 2)."""

    features: FloatArray
    outputs: FloatArray


class Engine(Protocol):
    """All members on one device."""

    device: torch.device

    def run(self, inputs_BL: FloatArray) -> Answers:
        """All members' answers. Threads may share an engine."""
        ...


class Processor:
    """Each core takes a member and a few spectra at a time; networks are never changed, so threads may share them."""

    device = torch.device("cpu")

    def __init__(self, networks: Sequence[Network]) -> None:
        self.networks = [frozen(network) for network in networks]
        self._whole = [_WithFeatures(network) for network in self.networks]

    def run(self, inputs_BL: FloatArray) -> Answers:
        """All members' answers."""
        parts = torch.split(torch.tensor(inputs_BL, dtype=torch.float32), _SPECTRA_A_JOB)
        done = side_by_side([_job(network, part) for network in self._whole for part in parts])
        of_members = [done[start : start + len(parts)] for start in range(0, len(done), len(parts))]
        features, outputs = (
            np.stack([np.concatenate([part[which] for part in of_member]) for of_member in of_members])
            for which in (0, 1)
        )
        return Answers(features, outputs)


class Accelerator:
    """All members as one vmapped call, in half precision (bfloat16) where the first batch shows that it is enough."""

    def __init__(self, device: torch.device, skeleton: Network, weights: Mapping[str, Tensor]) -> None:
        self.device = device
        self.is_half: bool | None = None  # not known before the first batch
        self._skeleton = _WithFeatures(skeleton)  # never called, only copied
        self._idle: deque[nn.Module] = deque()
        self._weights = {f"network.{name}": tensor.to(device) for name, tensor in weights.items()}

    def run(self, inputs_BL: FloatArray) -> Answers:
        """All members' answers."""
        with torch.inference_mode(), self._own_skeleton() as skeleton:
            inputs = torch.tensor(inputs_BL, dtype=torch.float32, device=self.device)
            if self.is_half is None:
                self.is_half = self._half_is_enough(skeleton, inputs)
            features, outputs = self._call(skeleton, inputs, half=self.is_half)
            return Answers(features.cpu().numpy(), outputs.cpu().numpy())

    def _call(self, skeleton: nn.Module, inputs_BL: Tensor, *, half: bool) -> tuple[Tensor, Tensor]:
        def member(weights: dict[str, Tensor], inputs_BL: Tensor) -> tuple[Tensor, Tensor]:
            answer: tuple[Tensor, Tensor] = functional_call(skeleton, weights, (inputs_BL,))
            return answer

        with torch.autocast(self.device.type, torch.bfloat16, enabled=half):
            features, outputs = vmap(member, in_dims=(0, None))(self._weights, inputs_BL)
        return features.float(), outputs.float()

    def _half_is_enough(self, skeleton: nn.Module, inputs_BL: Tensor) -> bool:
        """Whether no mean and no sigma of this batch moves by more than 2% of sigma; without sigmas nobody can say."""
        exact, rough = (self._call(skeleton, inputs_BL, half=half)[1] for half in (False, True))
        if exact.ndim != 4:
            return False
        sigma, rough_sigma = exact[..., 1].sqrt(), rough[..., 1].sqrt()
        errors = torch.maximum((rough - exact)[..., 0].abs(), (rough_sigma - sigma).abs())
        return bool((errors <= _HALF_ERROR * sigma).all())

    @contextmanager
    def _own_skeleton(self) -> Iterator[nn.Module]:
        """A skeleton that no other call works with: functional_call puts the weights into the module while it runs.

        With one for all, two of three predictions of four threads were wrong, and nothing said so. A deque gives and
        takes without a lock; there are never more skeletons than calls at a time.
        """
        try:
            skeleton = self._idle.pop()
        except IndexError:
            skeleton = copy.deepcopy(self._skeleton)
        try:
            yield skeleton
        finally:
            self._idle.append(skeleton)


class _WithFeatures(nn.Module):
    """A network that also gives what its head sees."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, flux_BL: Tensor) -> tuple[Tensor, Tensor]:
        """Features and the head's output."""
        features_BF = self.network.features(flux_BL)
        return features_BF, self.network.head(features_BF)


def _job(network: nn.Module, inputs_BL: Tensor) -> Callable[[], tuple[FloatArray, FloatArray]]:
    def run() -> tuple[FloatArray, FloatArray]:
        with torch.inference_mode():  # of this thread alone
            features, outputs = network(inputs_BL)
            return features.numpy(), outputs.numpy()

    return run
