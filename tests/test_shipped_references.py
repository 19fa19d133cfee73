"""What the children of the program's models must not forget: small, of those weights, and all over what they know."""

from __future__ import annotations

from pathlib import Path

import pytest

from stellarview.inference.novelty import novelties
from stellarview.io.references import REFERENCE_FILE, read_reference
from stellarview.workflow import load_model

MODELS = Path(__file__).resolve().parents[1] / "models"


@pytest.mark.parametrize("name", ["lrs-stellar", "lrs-class", "lrs-subtype", "mrs-abundances"])
def test_that_a_reference_is_small_and_covers_what_its_model_knows(name: str) -> None:
    model = load_model(str(MODELS / name), "cpu")
    reference = read_reference(MODELS / name, model.card.weights_sha256)
    assert reference is not None
    assert (MODELS / name / REFERENCE_FILE).stat().st_size < 2e6
    features, outputs = model.answers(reference)
    unlike = novelties(features, model.tensors)
    assert unlike is not None
    assert not any(one.is_unlike for one in unlike)
    if model.card.classes:
        best_C = model.as_probabilities(outputs).mean(axis=0).argmax(axis=-1)
        assert set(best_C) == set(range(len(model.card.classes)))
        return
    told_CK = model.as_gaussians(outputs)[0].mean(axis=0)
    for k, scale in enumerate(model.card.labels[:2]):  # Teff and log g, or the subtype
        assert told_CK[:, k].min() < scale.low + 0.25 * (scale.high - scale.low)
        assert told_CK[:, k].max() > scale.high - 0.25 * (scale.high - scale.low)
