"""Labels of the emulator and of the catalogue, and what is made of them before the processes see it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.domain.labels import LABELS
from stellarview.synthesis.emulator import labels_array
from stellarview.synthesis.features import feature_derivatives, features
from stellarview.synthesis.labels import EMULATOR_LABELS, FEH, as_array, catalogue_labels, usual_microturbulence

STARS = st.tuples(
    st.floats(4000, 6800), st.floats(0, 5), st.floats(-2, 0.5), st.floats(0.5, 2.3), *[st.floats(-0.4, 0.5)] * 15
)


def test_that_what_is_not_given_is_solar_scaled_with_the_usual_microturbulence() -> None:
    labels = as_array({"teff": 5772.0, "logg": 4.44})
    assert labels[3] == pytest.approx(float(usual_microturbulence(5772.0, 4.44)))
    assert (labels[4:] == 0).all()
    assert labels[FEH] == 0


def test_that_abundances_relative_to_hydrogen_become_relative_to_iron() -> None:
    labels = as_array({"teff": 5000.0, "logg": 3.0, "feh": -0.5, "mgh": -0.2})
    assert labels[EMULATOR_LABELS.index("mg_fe")] == pytest.approx(0.3)


@given(STARS)
def test_that_catalogue_labels_are_the_seventeen_and_lead_back(star: tuple[float, ...]) -> None:
    row = np.array(star)
    columns = catalogue_labels(row[None])
    assert tuple(columns) == tuple(LABELS)
    back = as_array({key: float(value[0]) for key, value in columns.items()} | {"vmic": star[3], "na_fe": star[-1]})
    np.testing.assert_allclose(back, row, atol=1e-12)


@pytest.mark.parametrize(
    ("labels", "word"),
    [
        ({"teff": 5000.0}, "logg are needed"),
        ({"teff": 5000.0, "logg": 4.0, "unobtainium": 1.0}, "unobtainium"),
        ({"teff": np.nan, "logg": 4.0}, "No star"),
        ({"teff": 5000.0, "logg": np.inf}, "No star"),
        ({"teff": -5000.0, "logg": 4.0}, "No star"),
        ({"teff": 5000.0, "logg": 4.0, "mg_fe": 99.0}, "No star"),
    ],
    ids=str,
)
def test_that_labels_of_no_star_are_refused_with_the_reason(labels: dict[str, float], word: str) -> None:
    with pytest.raises(StellarViewError, match=word):
        labels_array(labels)


@given(STARS)
def test_that_derivatives_of_features_are_those_of_finite_differences(star: tuple[float, ...]) -> None:
    labels = np.array(star)
    exact = feature_derivatives(labels)
    for place in range(labels.size):
        step = 1e-5 * max(1.0, abs(labels[place]))
        pair = np.stack([labels, labels])
        pair[:, place] += [-step, step]
        low, high = features(pair, np.zeros(2))
        np.testing.assert_allclose((high - low) / (2 * step), exact[:, place], rtol=1e-4, atol=1e-6)


def test_that_carbon_monoxide_leaves_little_of_the_scarcer_element_in_cool_giants() -> None:
    poor, rich = (as_array({"teff": 4100.0, "logg": 1.0, "c_fe": carbon}) for carbon in (-0.5, 0.5))
    made = features(np.stack([poor, rich]), np.ones(2))
    free_carbon, free_oxygen = made[:, 18], made[:, 19]
    assert free_carbon[0] < free_oxygen[0]
    assert free_carbon[1] > free_oxygen[1]
