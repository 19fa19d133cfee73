"""Trains the small model that docs/explanations.md explains: Teff from LAMOST LRS spectra, with class activation maps.

    nice python resources/make/train_small_model.py SET.h5 FOLDER

SET.h5 holds LAMOST LRS spectra with Teff, log g and [Fe/H] of LASP. Three members, some minutes on one core. Every
fifth plate is kept out of the training; on its spectra each way of explaining is measured, for the card.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.inference.ensemble import Ensemble
from stellarview.inference.explain import explainers_for
from stellarview.inference.faithfulness import measure_faithfulness
from stellarview.inference.questions import question_about
from stellarview.io.models import read_model, write_model
from stellarview.io.sets.spectrum_set import open_spectrum_set
from stellarview.nets import ARCHITECTURES
from stellarview.nets.losses import LOSSES
from stellarview.recipes.continuum import SplineContinuum
from stellarview.recipes.mask_bad_pixels import MaskBadPixels
from stellarview.recipes.medium import InVacuum
from stellarview.recipes.recipe import Recipe, network_input
from stellarview.recipes.resample import Resample, Window
from stellarview.recipes.rest_frame import ToRestFrame
from stellarview.recipes.scaling import Clip
from stellarview.workflow import prepare, stacks_with_velocity

Array = NDArray[Any]
POINTS, MEMBERS, EPOCHS, BATCH = 1400, 3, 60, 32
TEFF_LOW, TEFF_HIGH, LEAST_SNR = 4000.0, 9000.0, 20.0
KEPT_OUT_EACH = 5
MOST_NOISE = 0.05
JUDGED_SPECTRA = 32
# Not further red: where LAMOST's arms overlap, about 5900 A, a network learns the instrument.
RECIPE = Recipe(
    "lrs-normalised",
    (
        *(InVacuum(), MaskBadPixels(), ToRestFrame()),
        Resample((Window("LRS", 3850.0, 5700.0, POINTS, "log"),)),
        *(SplineContinuum(), Clip()),
    ),
)
CONFIG = {"input_length": POINTS, "channels": [8, 16, 32], "structures_per_stage": 2}


def kept_out(plans: Array) -> Array:
    """True for spectra of every fifth plate: a network must not be judged on a night that it knows."""
    plates = np.unique(plans)
    return np.isin(plans, plates[::KEPT_OUT_EACH])


def usable_rows(path: Path) -> Array:
    """Rows whose Teff is in range and whose noise is bearable."""
    with open_spectrum_set(path) as spectra:
        teff, snr = spectra.labels["teff"], spectra.header_column("snr_g")
    return np.flatnonzero((teff >= TEFF_LOW) & (teff <= TEFF_HIGH) & (snr >= LEAST_SNR))


def prepared(path: Path) -> Array:
    """All spectra of the set as the network sees them."""
    with open_spectrum_set(path) as spectra:
        return np.concatenate([network_input(RECIPE.apply(stack)) for stack in stacks_with_velocity(spectra)])


def train_member(inputs_BL: Array, label_B: Array, seed: int) -> dict[str, Array]:
    """One member's weights. Noise is added anew in each epoch, or single pixels would be learned by heart."""
    torch.manual_seed(seed)
    architecture = ARCHITECTURES["SubtypeResNet"]
    network = architecture.build(architecture.config_from(CONFIG))
    inputs, label = torch.from_numpy(inputs_BL), torch.from_numpy(label_B.astype(np.float32))[:, None]
    steps = EPOCHS * (len(inputs) // BATCH)
    optimiser = torch.optim.AdamW(network.parameters(), 1e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
    for _ in range(EPOCHS):
        for chosen in torch.randperm(len(inputs))[: BATCH * (len(inputs) // BATCH)].split(BATCH):  # type: ignore[no-untyped-call]
            noisy = inputs[chosen] + MOST_NOISE * torch.rand(BATCH, 1) * torch.randn(BATCH, POINTS)
            optimiser.zero_grad()
            LOSSES[architecture.head](network(noisy), label[chosen]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            schedule.step()
    return {name: tensor.numpy() for name, tensor in network.eval().state_dict().items()}


def main(set_path: Path, folder: Path) -> None:
    """Train, tell how well it went on the plates kept out, and write the model."""
    torch.set_num_threads(1)
    rows = usable_rows(set_path)
    with open_spectrum_set(set_path) as spectra:
        teff, plans = spectra.labels["teff"][rows], spectra.header_column("plan_id")[rows].astype(str)
    inputs, judged = prepared(set_path)[rows], kept_out(plans)
    mean, std = float(teff[~judged].mean()), float(teff[~judged].std())
    states = [train_member(inputs[~judged], (teff[~judged] - mean) / std, seed) for seed in range(MEMBERS)]
    error = predicted(states, inputs[judged]) * std + mean - teff[judged]
    card = ModelCard(
        name=folder.name,
        about="A small network for pictures of explanations, not for science: Teff of A to K stars.",
        architecture="SubtypeResNet",
        config=CONFIG,
        recipe=RECIPE.to_json(),
        instrument="LRS",
        members=MEMBERS,
        labels=(LabelScale("teff", mean, std, TEFF_LOW, TEFF_HIGH),),
        least_snr=LEAST_SNR,
        trained_on=f"{int((~judged).sum())} LAMOST DR10 LRS spectra, labels of LASP",
        metrics={"teff_mae_k": float(np.abs(error).mean()), "teff_bias_k": float(error.mean()), "n": int(judged.sum())},
    )
    write_model(folder, card, {f"members.{key}": np.stack([state[key] for state in states]) for key in states[0]})
    print(f"{folder}: {card.trained_on}; on the plates kept out {card.metrics}")


def predicted(states: list[dict[str, Array]], inputs_BL: Array) -> Array:
    """The members' mean, in standardised labels."""
    architecture, values = ARCHITECTURES["SubtypeResNet"], []
    for state in states:
        network = architecture.build(architecture.config_from(CONFIG)).eval()
        network.load_state_dict({name: torch.from_numpy(np.asarray(array)) for name, array in state.items()})
        with torch.no_grad():
            values += [np.concatenate([network(torch.from_numpy(part))[:, 0] for part in np.array_split(inputs_BL, 8)])]
    return np.asarray(np.mean(values, axis=0))


def measure(set_path: Path, folder: Path) -> None:
    """Put into the card how faithful each way of explaining is, on bright spectra of the plates kept out."""
    torch.set_num_threads(1)
    stored, rows = read_model(folder), usable_rows(set_path)
    with open_spectrum_set(set_path) as spectra:
        plans, snr = spectra.header_column("plan_id")[rows].astype(str), spectra.header_column("snr_g")[rows]
        candidates = rows[kept_out(plans) & (snr > 50)]
        chosen = candidates[:: max(1, len(candidates) // JUDGED_SPECTRA)][:JUDGED_SPECTRA]
        ready = prepare([spectra[int(row)] for row in chosen], RECIPE)
    ensemble = Ensemble(stored, torch.device("cpu"))
    questions = [question_about(one, RECIPE, "teff") for one in ready]
    found = [measure_faithfulness(ensemble, questions, method) for method in explainers_for(ensemble)]
    write_model(folder, replace(stored.card, faithfulness=tuple(found)), stored.tensors)
    print("\n".join(one.sentence for one in found))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
    measure(Path(sys.argv[1]), Path(sys.argv[2]))
