"""How fast an ensemble predicts, against a plain loop over networks and against what the machine could do at best.

    python tests/bench/inference.py [--threads N] [--rounds N] [--batch N]

RRNet with the paper's sizes, two ensembles of six members (untrained: speed does not depend on weights). The loop is
written as the papers' authors write it: `PlainRRNet`, one eager network after the other, all spectra at once. The floor
is the larger of two times that no program can beat: reading all parameters once at the measured bandwidth of the
memory, and all multiplications of the plain network at the measured rate of a large matrix product. The sides work in
turns, and their answers are compared first.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn

from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explain
from stellarview.inference.explanation import Question
from stellarview.io.models import StoredModel

MEMBERS, ENSEMBLES, LENGTH = 6, (3, 14), 7200


class PlainBlock(nn.Module):
    """A residual block in the paper's words."""

    def __init__(self, n_in: int, n_out: int) -> None:
        super().__init__()
        self.first, self.second = nn.Conv1d(n_in, n_out, 3, padding=1), nn.Conv1d(n_out, n_out, 3, padding=1)
        self.shortcut, self.pool = nn.Conv1d(n_in, n_out, 1), nn.AvgPool1d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Half as many positions."""
        pooled: torch.Tensor = self.pool(self.second(torch.relu(self.first(x))) + self.shortcut(x))
        return pooled


class PlainRRNet(nn.Module):
    """RRNet as one writes it with torch's own layers."""

    def __init__(self, n_labels: int) -> None:
        super().__init__()
        self.blocks = nn.Sequential(PlainBlock(1, 4), PlainBlock(4, 8), PlainBlock(8, 16))
        self.rnn = nn.RNN(360, 360, batch_first=True)
        self.dense = nn.Sequential(
            nn.Linear(14400, 256), nn.ReLU(), nn.Dropout(0.3), nn.Linear(256, 128), nn.ReLU(), nn.Dropout(0.3)
        )
        self.mean, self.variance = nn.Linear(128, n_labels), nn.Linear(128, n_labels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Mean and variance."""
        x = torch.relu(self.blocks(x.unsqueeze(1))).transpose(1, 2).reshape(len(x), 40, 360)
        x = self.dense(self.rnn(x)[0].flatten(1))
        return torch.stack([self.mean(x), nn.functional.softplus(self.variance(x)) + 1e-6], dim=-1)


def networks(n_labels: int) -> list[nn.Module]:
    """Six plain networks that differ by their seed."""
    made = []
    for seed in range(MEMBERS):
        torch.manual_seed(seed)
        made.append(PlainRRNet(n_labels).eval())
    return made


def ensemble(members: list[nn.Module], n_labels: int) -> Ensemble:
    """The same six as one ensemble."""
    names = {
        "blocks": "residual",
        "rnn.weight_ih_l0": "recurrent.from_sub_band.weight",
        "rnn.bias_ih_l0": "recurrent.from_sub_band.bias",
        "rnn.weight_hh_l0": "recurrent.from_previous.weight",
        "rnn.bias_hh_l0": "recurrent.from_previous.bias",
        "mean": "head.mean",
        "variance": "head.raw_variance",
    }
    tensors = {}
    for name in members[0].state_dict():
        ours = names.get(name) or ".".join([names.get(name.split(".")[0], name.split(".")[0]), *name.split(".")[1:]])
        tensors[f"members.{ours}"] = np.stack([member.state_dict()[name].numpy() for member in members])
    labels = tuple(LabelScale(f"label{k}", 0.0, 1.0, -5.0, 5.0) for k in range(n_labels))
    config = {"input_length": LENGTH, "n_labels": n_labels}
    card = ModelCard("bench", "", "RRNet", config, {"name": "rrnet", "steps": []}, "MRS", MEMBERS, labels)
    return Ensemble(StoredModel(Path(), card, tensors), torch.device("cpu"))


def median_seconds(*works: Callable[[], object], rounds: int, turns: int = 3) -> list[float]:
    """Of each side, in turns of `rounds`. The first of a turn is left out: the other side's threads still spin."""
    times: list[list[float]] = [[] for _ in works]
    for _ in range(turns):
        for work, of_work in zip(works, times, strict=True):
            for number in range(rounds + 1):
                start = time.perf_counter()
                work()
                if number:
                    of_work.append(time.perf_counter() - start)
    return [statistics.median(of_work) for of_work in times]


def flops_of_one(network: nn.Module) -> int:
    """Multiplications and additions of one spectrum, counted by torch."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(torch.zeros(1, LENGTH))
    return int(counter.get_total_flops())


def gemm_rate(rounds: int) -> float:
    """Operations a second of a large matrix product."""
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return 2 * 1024**3 / median_seconds(lambda: a @ b, rounds=rounds)[0]


def bandwidth(rounds: int) -> float:
    """Bytes a second that a sum over more than any cache holds reads."""
    values = torch.randn(64 << 20)
    return values.numel() * 4 / median_seconds(values.sum, rounds=rounds)[0]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--batch", type=int, default=256)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    plain = [networks(n_labels) for n_labels in ENSEMBLES]
    ours = [ensemble(members, n_labels) for members, n_labels in zip(plain, ENSEMBLES, strict=True)]
    one, many = (np.random.default_rng(0).normal(1, 0.05, (n, LENGTH)).astype(np.float32) for n in (1, options.batch))
    question = Question(one[0].astype(float), "label0", np.arange(LENGTH, dtype=float), np.ones(LENGTH, dtype=bool))

    def loop(inputs: np.ndarray) -> list[torch.Tensor]:
        with torch.no_grad():
            return [network(torch.from_numpy(inputs)) for members in plain for network in members]

    def mine(inputs: np.ndarray) -> list[np.ndarray]:
        return [one.outputs(inputs) for one in ours]

    def loop_with_gradient() -> None:
        flux = torch.from_numpy(one).requires_grad_()
        torch.stack([network(flux)[0, 0, 0] for network in plain[0]]).mean().backward()
        loop(one)

    def mine_with_gradient() -> None:
        explain(ours[0], question, "saliency")
        mine(one)

    most = max(np.abs(np.stack(loop(one)[:MEMBERS]) - mine(one)[0]).max(), 0.0)
    print(f"greatest difference between the sides: {most:.1e}")
    flops = sum(flops_of_one(members[0]) * MEMBERS for members in plain)
    bytes_ = sum(p.numel() * 4 for members in plain for network in members for p in network.parameters())
    by_memory, by_arithmetic = bytes_ / bandwidth(options.rounds), flops / gemm_rate(options.rounds)
    print(
        f"{options.threads} threads, {flops / 1e6:.0f} MFLOP and {bytes_ / 1e6:.0f} MB of parameters for all 12 members"
    )
    print(f"floor: memory {1e3 * by_memory:.1f} ms, arithmetic {1e3 * by_arithmetic:.2f} ms a spectrum")
    for name, inputs, rounds in (("one spectrum", one, options.rounds), (f"batch of {options.batch}", many, 1)):
        sides = median_seconds(lambda x=inputs: mine(x), lambda x=inputs: loop(x), rounds=rounds)
        report(name, [seconds / len(inputs) for seconds in sides], max(by_memory / len(inputs), by_arithmetic))
    # A gradient reads the parameters twice and multiplies about as much again as the prediction, for six of twelve.
    sides = median_seconds(mine_with_gradient, loop_with_gradient, rounds=options.rounds)
    report("with a gradient", sides, 2.0 * max(by_memory, by_arithmetic))
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10} MB, both sides in one process")


def report(name: str, sides: list[float], floor: float) -> None:
    """A row of the table."""
    ours, loop = (1e3 * seconds for seconds in sides)
    print(
        f"{name:<16} ours {ours:8.2f} ms/spectrum  loop {loop:8.2f}  ratio {loop / ours:.2f}x"
        f"  floor {1e3 * floor:.2f} ({ours / 1e3 / floor:.1f}x above)"
    )


if __name__ == "__main__":
    main()
