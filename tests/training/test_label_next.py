"""What to label next is what the members disagree on, one of a kind at a time."""

from __future__ import annotations

import numpy as np
import pytest

from stellarview.domain.prediction import ClassPrediction, Mixture, Novelty, Prediction
from stellarview.training.label_next import rank_to_label


def star(teff: float, scatter: float, noise: float = 50.0, *flags: str) -> Prediction:
    return Prediction(
        "toy", {"teff": Mixture(np.array([teff - scatter, teff + scatter]), np.full(2, noise))}, flags=flags
    )


def test_that_disagreement_counts_against_noise() -> None:
    ranked = rank_to_label({"calm": star(5000, 10), "noisy": star(6000, 90, 900), "doubtful": star(7000, 60)})
    assert [one.star for one in ranked] == ["doubtful", "calm", "noisy"]
    assert ranked[0].uncertainty == pytest.approx(1.2)
    assert ranked[0].reason == "The members disagree by 60 K in Teff, 1.2 times what noise explains."


def test_that_the_first_ones_are_not_all_alike() -> None:
    twins = {f"cool {i}": star(4000 + i, 100 + i) for i in range(30)}
    others = {f"hot {i}": star(8000 + 200 * i, 40) for i in range(3)}
    ranked = rank_to_label(twins | others, 4)
    assert ranked[0].star == "cool 29"
    assert {one.star for one in ranked[1:]} >= {"hot 0", "hot 2"}
    assert len({one.star for one in ranked}) == 4


def test_that_stars_like_labelled_ones_come_later_and_those_are_not_asked_for_again() -> None:
    stars = {"known": star(5000, 90), "its twin": star(5001, 80), "lonely": star(7000, 60)}
    ranked = rank_to_label(stars, labelled={"known"})
    assert [one.star for one in ranked] == ["lonely", "its twin"]
    assert ranked[1].reason.endswith("; one like it comes before.")


def test_that_features_tell_what_is_alike_where_they_are_given() -> None:
    stars = {"a": star(5000, 90), "b": star(5001, 80), "c": star(7000, 70)}
    features = {"a": np.array([0.0, 0.0]), "b": np.array([9.0, 9.0]), "c": np.array([0.1, 0.1])}
    assert [one.star for one in rank_to_label(stars, features=features)] == ["a", "b", "c"]


@pytest.mark.parametrize("flag", ["wrong instrument: trained on LAMOST LRS", "too many bad pixels: 60%"])
def test_that_stars_that_no_label_can_mend_are_left_out(flag: str) -> None:
    assert rank_to_label({"bad": star(5000, 500, 50, flag), "good": star(5000, 5)})[0].star == "good"


def test_that_novelty_is_told_and_classes_are_ranked_by_their_scatter() -> None:
    new = Prediction("toy", {}, (ClassPrediction("STAR", 0.6, 0.2), ClassPrediction("QSO", 0.4, 0.3)), Novelty(3, 100))
    sure = Prediction("toy", {}, (ClassPrediction("STAR", 1.0, 0.0), ClassPrediction("QSO", 0.0, 0.0)))
    ranked = rank_to_label({"sure": sure, "new": new})
    assert [one.star for one in ranked] == ["new", "sure"]
    assert ranked[0].reason == "The members disagree by 30% in the probability of QSO; it is unlike the training set."


@pytest.mark.parametrize(("stars", "count"), [({}, 20), ({"a": star(5000, 10)}, 0), ({"a": star(5000, 0)}, 5)])
def test_that_odd_requests_break_nothing(stars: dict[str, Prediction], count: int) -> None:
    assert len(rank_to_label(stars, count)) == min(len(stars), count)
