"""How fast six members learn at once, against six trainings one after the other, each written as a plain loop.

    python tests/bench/training.py [--threads N] [--rounds N] [--batch N] [--steps N] [--device NAME]

RRNet with the paper's sizes and 17 labels. The plain loop is torch's own: a module, its optimiser, one batch after the
other. The sides work in turns. Printed are spectra a second (a spectrum counts once for each member that sees it) and
the time that the yardstick of RRNet's paper would take: 80,812 spectra, 30 epochs, six members, on a T4 72 minutes.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

from stellarview.domain.model_card import LabelScale
from stellarview.nets import ARCHITECTURES
from stellarview.nets.losses import gaussian_nll
from stellarview.recipes.recipe import Recipe
from stellarview.training.config import Data, Loop, Networks, Preparation, TrainingConfig
from stellarview.training.dataset import Dataset
from stellarview.training.split import Split
from stellarview.training.state import TrainState
from stellarview.training.task import Task
from stellarview.training.trainer import Trainer

MEMBERS, LABELS, LENGTH = 6, 17, 7200
YARDSTICK_SPECTRA, YARDSTICK_EPOCHS, T4_SECONDS = 80_812, 30, 72 * 60


def task_of(count: int, batch: int, device: torch.device) -> Task:
    """Noise with random labels: speed does not depend on what is learned."""
    random = np.random.default_rng(0)
    keys = tuple(f"label{k}" for k in range(LABELS))
    architecture = ARCHITECTURES["RRNet"]
    dataset = Dataset(
        random.normal(size=(count + 2, LENGTH)).astype(np.float32),
        np.ones((count + 2, LENGTH), dtype=bool),
        random.normal(size=(count + 2, LABELS)),
        *(np.arange(count + 2) for _ in range(3)),
        grid=(),
        checksums=(),
    )
    return Task(
        config=TrainingConfig(
            Data(("none",), keys), Preparation("rrnet"), network=Networks(members=MEMBERS), loop=Loop(1, batch)
        ),
        architecture=architecture,
        network_config=architecture.config_from({"input_length": LENGTH, "n_labels": LABELS}),
        recipe=Recipe("none", ()),
        standardise=None,
        scales=tuple(LabelScale(key, 0.0, 1.0, -3.0, 3.0) for key in keys),
        dataset=dataset,
        split=Split(np.arange(count), np.arange(count, count + 2), np.arange(0)),
        augmentations=(),
        parent=None,
        device=device,
        way="loop" if device.type == "cpu" else "vmap",
    )


def at_once(task: Task) -> Callable[[], None]:
    """An epoch of all members by the program."""
    weights = task.start()
    state = TrainState.start(weights, task.learner(weights).trained, with_average=False)
    trainer = Trainer(task, state, lambda progress: False)

    def epoch() -> None:
        trainer.epoch()

    return epoch


def one_after_the_other(task: Task, batch: int) -> Callable[[], None]:
    """An epoch of six networks, each alone."""
    networks = [task.architecture.build(task.network_config).to(task.device) for _ in range(MEMBERS)]
    optimisers = [torch.optim.Adam(network.parameters(), lr=1e-3) for network in networks]
    rows = task.split.train
    flux_BL = torch.from_numpy(task.dataset.flux_BL[rows]).to(task.device)
    label_BK = torch.from_numpy(task.dataset.label_BK[rows].astype(np.float32)).to(task.device)

    def epoch() -> None:
        for network, optimiser in zip(networks, optimisers, strict=True):
            network.train()
            order = torch.randperm(len(flux_BL), device=task.device)
            for chosen in order.split(batch):
                optimiser.zero_grad()
                loss = gaussian_nll(network(flux_BL[chosen]), label_BK[chosen])
                loss.backward()
                optimiser.step()

    return epoch


def seconds_of(work: Callable[[], None], device: torch.device) -> float:
    """Until the device is done, not until it was asked."""
    began = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def main() -> None:
    """Time both in turns, and say what the yardstick would take."""
    parser = argparse.ArgumentParser(description=Path(__file__).name)
    for name, default in (("threads", 1), ("rounds", 3), ("batch", 64), ("steps", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    device = torch.device(options.device)
    task = task_of(options.steps * options.batch, options.batch, device)
    sides = {"at once": at_once(task), "in turn": one_after_the_other(task, options.batch)}
    taken: dict[str, list[float]] = {name: [] for name in sides}
    for _ in range(options.rounds + 1):  # the first warms up
        for name, work in sides.items():
            taken[name].append(seconds_of(work, device))
    print(f"RRNet, {MEMBERS} members, batch {options.batch}, {options.threads} threads, {device}")
    for name, seconds in taken.items():
        speed = MEMBERS * options.steps * options.batch / statistics.median(seconds[1:])
        left = MEMBERS * YARDSTICK_SPECTRA * YARDSTICK_EPOCHS / speed
        best = MEMBERS * options.steps * options.batch / min(seconds[1:])
        print(
            f"{name:<8} {speed:8.0f} spectra a second (best {best:.0f}); "
            f"the yardstick: {left / 3600:.1f} h, {left / T4_SECONDS:.1f} times a T4"
        )


if __name__ == "__main__":
    main()
