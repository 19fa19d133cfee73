"""The change of a prediction: members are compared with themselves."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.edit import Edit
from stellarview.domain.prediction import ClassPrediction, Mixture, Prediction
from stellarview.domain.what_if import WhatIf

EDITS = (Edit(5165.0, 5190.0),)


def told(model: str = "toy", classes: tuple[ClassPrediction, ...] = (), **means: list[float]) -> Prediction:
    labels = {key: Mixture(np.array(mean), np.full(len(mean), 3.0)) for key, mean in means.items()}
    return Prediction(model, labels, classes)


def test_that_the_scatter_of_a_change_is_that_of_the_members_own_changes() -> None:
    change = WhatIf(EDITS, told(teff=[5000.0, 5400.0]), told(teff=[5100.0, 5520.0])).delta("teff")
    assert (change.value, change.scatter, change.unit) == (110.0, 10.0, "K")
    assert change.in_sigmas == pytest.approx(110.0 / np.hypot(200.0, 3.0))


def test_that_the_changes_of_ratios_to_iron_and_of_classes_are_told_too() -> None:
    stars = [(ClassPrediction("STAR", p, 0.1), ClassPrediction("QSO", 1 - p, 0.1)) for p in (0.9, 0.6)]
    before = told(classes=stars[0], feh=[0.0, 0.1], mgh=[0.2, 0.3])
    after = told(classes=stars[1], feh=[0.1, 0.2], mgh=[0.1, 0.4])
    both = WhatIf(EDITS, before, after)
    assert both.keys == ("feh", "mgh", "mg_fe", "STAR", "QSO")
    ratio, star = both.delta("mg_fe"), both.delta("STAR")
    assert (ratio.value, ratio.scatter, ratio.unit) == (pytest.approx(-0.1), pytest.approx(0.1), "dex")
    assert (star.value, star.scatter, star.in_sigmas) == (pytest.approx(-0.3), None, None)


@pytest.mark.parametrize(
    "other", [told("another", teff=[1.0]), told(teff=[1.0, 2.0]), told(logg=[1.0])], ids=["model", "members", "labels"]
)
def test_that_only_predictions_of_one_model_are_compared(other: Prediction) -> None:
    with pytest.raises(ValueError, match="different models"):
        WhatIf(EDITS, told(teff=[1.0]), other)


def test_that_a_change_is_told_in_a_sentence() -> None:
    both = WhatIf(EDITS, told(teff=[5000.0, 5400.0]), told(teff=[5100.0, 5520.0]))
    assert both.sentence("teff") == "Teff 5200 → 5310 K (+110 ± 10, 0.5 sigma)"
    before, after = ((ClassPrediction("STAR", p, 0.1),) for p in (0.9, 0.6))
    assert WhatIf(EDITS, told(classes=before), told(classes=after)).sentence("STAR") == "STAR 90.0 → 60.0% (-30.0)"
