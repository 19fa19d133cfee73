"""How fast an ensemble predicts, against a plain loop over networks and against what the machine could do at best.

    python tests/bench/inference.py [--threads N] [--rounds N] [--batch N]

RRNet with the paper's sizes, two ensembles of six members (untrained: speed does not depend on weights). The loop is
written as the papers' authors write it: one eager network after the other. The floor is the larger of two times that no
program can beat: reading all parameters once at the measured bandwidth of the memory, and all multiplications at the
measured rate of a large matrix product.
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
from stellarview.io.models import StoredModel
from stellarview.nets import ARCHITECTURES

MEMBERS, ENSEMBLES, LENGTH = 6, (3, 14), 7200


def networks(n_labels: int) -> list[nn.Module]:
    """Six RRNets that differ by their seed."""
    made = []
    for seed in range(MEMBERS):
        torch.manual_seed(seed)
        architecture = ARCHITECTURES["RRNet"]
        config = architecture.config_from({"input_length": LENGTH, "n_labels": n_labels})
        made.append(architecture.build(config).eval())
    return made


def ensemble(members: list[nn.Module], n_labels: int) -> Ensemble:
    """The same six as one ensemble."""
    states = [member.state_dict() for member in members]
    tensors = {f"members.{name}": np.stack([state[name].numpy() for state in states]) for name in states[0]}
    labels = tuple(LabelScale(f"label{k}", 0.0, 1.0, -5.0, 5.0) for k in range(n_labels))
    config = {"input_length": LENGTH, "n_labels": n_labels}
    card = ModelCard("bench", "", "RRNet", config, {"name": "rrnet", "steps": []}, "MRS", MEMBERS, labels)
    return Ensemble(StoredModel(Path(), card, tensors), torch.device("cpu"))


def median_seconds(work: Callable[[], object], rounds: int) -> float:
    """After one run to warm up."""
    work()
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def flops_of_one(network: nn.Module) -> int:
    """Multiplications and additions of one spectrum, counted by torch."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter, torch.inference_mode():
        network(torch.zeros(1, LENGTH))
    return int(counter.get_total_flops())


def gemm_rate(rounds: int) -> float:
    """Operations a second of a large matrix product."""
    a, b = torch.randn(1024, 1024), torch.randn(1024, 1024)
    return 2 * 1024**3 / median_seconds(lambda: a @ b, rounds)


def bandwidth(rounds: int) -> float:
    """Bytes a second that a sum over more than any cache holds reads."""
    values = torch.randn(64 << 20)
    return values.numel() * 4 / median_seconds(values.sum, rounds)


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

    def loop(inputs: np.ndarray) -> list[torch.Tensor]:
        with torch.no_grad():
            return [network(torch.from_numpy(inputs)) for members in plain for network in members]

    def gradient() -> None:
        flux = torch.from_numpy(one).requires_grad_()
        torch.stack([network(flux)[0, 0, 0] for network in plain[0]]).mean().backward()

    flops = sum(flops_of_one(members[0]) * MEMBERS for members in plain)
    bytes_ = sum(p.numel() * 4 for members in plain for network in members for p in network.parameters())
    by_memory, by_arithmetic = bytes_ / bandwidth(options.rounds), flops / gemm_rate(options.rounds)
    print(
        f"{options.threads} threads, {flops / 1e6:.0f} MFLOP and {bytes_ / 1e6:.0f} MB of parameters for all 12 members"
    )
    print(f"floor: memory {1e3 * by_memory:.1f} ms, arithmetic {1e3 * by_arithmetic:.2f} ms a spectrum")
    floor = max(by_memory, by_arithmetic)
    for name, inputs, rounds in (("one spectrum", one, options.rounds), (f"batch of {options.batch}", many, 3)):
        mine = median_seconds(lambda x=inputs: [e.outputs(x, options.batch) for e in ours], rounds) / len(inputs)
        theirs = median_seconds(lambda x=inputs: loop(x), rounds) / len(inputs)
        least = max(by_memory / len(inputs), by_arithmetic)
        print(
            f"{name:<16} ours {1e3 * mine:8.2f} ms/spectrum  loop {1e3 * theirs:8.2f}  ratio {theirs / mine:.2f}x"
            f"  floor {1e3 * least:.2f} ({mine / least:.1f}x above)"
        )
    print(f"gradient of one label, six members: {1e3 * median_seconds(gradient, options.rounds):.1f} ms")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"floor of one spectrum: {1e3 * floor:.1f} ms; peak memory {peak} MB")


if __name__ == "__main__":
    main()
