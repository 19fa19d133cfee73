"""Makes docs/models/comparison.md: published networks on the same MRS spectra, one member each, the same looks.

    nice python resources/make/compare_networks.py TRAIN.h5 JUDGE.h5 FOLDER

Networks have their published sizes; recipe, augmentation and optimiser are those of mrs-abundances. FOLDER keeps
prepared spectra and logs. Every network that is finished stands in the table at once.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from stellarview.io.atomic import write_atomically
from stellarview.training.config import Networks, SplitPlan, TrainingConfig
from stellarview.training.config_file import read_config
from stellarview.training.dataset import read_dataset
from stellarview.training.run import Run, prepare_run, train_run
from stellarview.training.task import base_recipe, rows_of

HERE = Path(__file__).resolve().parents[2]
CONFIG, PAGE = HERE / "resources/training/mrs-abundances.toml", HERE / "docs/models/comparison.md"
NETWORKS = ("RRNet", "ResNet", "StarNet", "StarNetR", "SPCANet", "RDN", "DenseNet")
SIZES = {"dropout": 0.0}  # it costs many looks before it gains anything, and here are few
EPOCHS, BATCH = 2, 32
SPLIT = SplitPlan(group="teff", train=0.2, validation=0.03, test=0.77)
SHOWN = ("teff", "logg", "feh", "ch", "mgh", "sih", "cah", "tih", "crh", "nih")


@dataclass(frozen=True)
class Entry:
    """A network's line."""

    name: str
    parameters: int
    seconds: float
    mae: dict[str, float]


def main(train: Path, judge: Path, folder: Path) -> None:
    """Train and judge one network after the other."""
    torch.set_num_threads(1)
    entries: list[Entry] = []
    for name in NETWORKS:
        config = config_for(train, name)
        run = prepare_run(config, Path(), folder / name, "cpu", fresh=True, cache=folder)
        train_run(run, lambda _: False)
        entries.append(judged(run, judge, folder))
        print(entries[-1], flush=True)
        write_atomically(PAGE, page(entries, len(run.task.split.train)).encode())


def config_for(train: Path, name: str) -> TrainingConfig:
    """The configuration of mrs-abundances with another network, fewer spectra and fewer looks."""
    config = read_config(CONFIG)
    return replace(
        config,
        data=replace(config.data, sets=(str(train.resolve()),)),
        network=Networks(architecture=name, config=SIZES, members=1),
        split=SPLIT,
        loop=replace(config.loop, epochs=EPOCHS, batch=BATCH),
    )


def judged(run: Run, judge: Path, folder: Path) -> Entry:
    """Mean absolute errors on a set of other stars."""
    task, best = run.task, run.state.best
    data = replace(task.config.data, sets=(str(judge.resolve()),))
    dataset = read_dataset(data, "teff", base_recipe(task.config.recipe), Path(), folder)
    inputs_BL = torch.from_numpy(dataset.inputs(task.standardise))
    told_BK = task.learner(best).outputs(best, inputs_BL)[0, ..., 0]
    error_K = (told_BK - rows_of(task, dataset).target).abs().mean(dim=0).numpy()
    mae = {scale.key: float(error * scale.std) for scale, error in zip(task.scales, error_K, strict=True)}
    parameters = sum(int(np.prod(tensor.shape[1:])) for tensor in best.values())
    return Entry(task.architecture.name, parameters, run.state.seconds / run.state.epoch, mae)


def page(entries: list[Entry], spectra: int) -> str:
    """The page, with the best of each column in bold."""
    least = {key: min(entry.mae[key] for entry in entries) for key in SHOWN}
    rows = [
        f"| {one.name} | {one.parameters / 1e6:.2f} M | {one.seconds:.0f} | "
        + " | ".join(_cell(key, one.mae[key], least[key]) for key in SHOWN)
        + " |"
        for one in entries
    ]
    names = ["Teff (K)", "log g", *(f"[{key[:-1].capitalize()}/H]" for key in SHOWN[2:])]
    names[2] = "[Fe/H]"
    head = "| network | parameters | s per epoch | " + " | ".join(names) + " |"
    return "\n".join(
        [_WORDS.format(spectra=spectra, epochs=EPOCHS, batch=BATCH), head, "|---" * (3 + len(names)) + "|", *rows, ""]
    )


def _cell(key: str, value: float, least: float) -> str:
    text = f"{value:.0f}" if key == "teff" else f"{value:.3f}"
    return f"**{text}**" if value == least else text


_WORDS = """# Networks compared

Mean absolute errors on 2,000 synthetic MRS spectra at S/N 50, of stars that no network has seen. Each network: one
member, {spectra} training spectra, {epochs} epochs, batches of {batch}, all 17 labels, recipe, augmentation and
optimiser of [mrs-abundances](mrs-abundances.md), sizes as published, no dropout. One core, which other work shared:
seconds are rough.

With so few looks the table tells who learns quickly, not who is best in the end; one seed each leaves some 10% to
chance. DenseNet has hardly begun to learn after so few steps. RDN costs twenty times as much as RRNet for each look.
As ensembles of six on all spectra, RRNet and RDN meet in [mrs-abundances](mrs-abundances.md#the-rival-rdn).

    nice python resources/make/compare_networks.py mrs-train.h5 mrs-snr50.h5 FOLDER
"""


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:4]))
