"""Gives a default model the reference that judgements of its children need: `finish` does so for every newer model.

    python -m resources.make.references lrs-stellar ../shared/data/train/lamost_dr10_lrs.h5
    stellarview synthesise --n 800 --seed 77 --out stars.h5
    python -m resources.make.references mrs-abundances stars.h5

Of its own training sets the training split is taken, of other sets all spectra (docs/decisions/0029).
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import torch

from stellarview.inference.reference import fit_reference
from stellarview.io.models import find_model
from stellarview.io.references import REFERENCE_FILE, write_reference
from stellarview.recipes import recipe_from_json
from stellarview.training.config_file import config_from
from stellarview.training.dataset import read_dataset
from stellarview.training.split import split_rows
from stellarview.training.task import without_standardise
from stellarview.workflow import load_model


def main() -> None:
    """One model, from one set or several."""
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("sets", nargs="+", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    model = load_model(options.model, "cpu")
    config = config_from(model.card.training["config"])
    base, standardise = without_standardise(recipe_from_json(model.card.recipe))
    data = replace(config.data, sets=tuple(str(path.resolve()) for path in options.sets))
    dataset = read_dataset(data, config.split.group, base, Path())
    if list(dataset.checksums) == [entry["sha256"] for entry in model.card.training["data"]]:
        dataset = dataset.rows(split_rows(dataset.group_B, config.split).train)
    inputs = dataset.inputs(standardise)
    reference = fit_reference(model.features(inputs)[0], inputs)
    if reference is None:
        raise SystemExit("There are too few spectra for a reference.")
    folder = find_model(options.model)
    write_reference(folder, model.card.weights_sha256, reference)
    print(f"{folder / REFERENCE_FILE}: {reference.shape} from {len(dataset)} spectra")


if __name__ == "__main__":
    main()
