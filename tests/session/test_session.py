"""Sessions change as a whole: stars come and go, keys are never used twice, and what is looked at stays there."""

from __future__ import annotations

import pytest

from stellarview.session.session import CatalogueValue, Session, StarEntry


def three() -> Session:
    return Session().with_stars([StarEntry("", name) for name in ("a", "b", "c")])


def test_that_stars_get_keys_of_their_own_and_the_first_is_looked_at() -> None:
    session = three()
    assert [star.key for star in session.stars] == ["1", "2", "3"]
    assert session.current == "1"
    assert session.without(["3"]).with_stars([StarEntry("", "d")]).stars[-1].key == "4"


def test_that_a_spectrum_is_in_a_session_once_and_learns_what_tables_say() -> None:
    value, other = CatalogueValue("teff", 5000.0, 10.0, "a.csv"), CatalogueValue("teff", 5100.0, 0.0, "b.csv")
    newer = CatalogueValue("teff", 5050.0, 10.0, "a.csv")
    session = three()
    assert session.with_stars([StarEntry("", "b"), StarEntry("", "a")]) == session
    session = session.with_stars([StarEntry("", "b", catalogue=(value,)), StarEntry("", "d"), StarEntry("", "d")])
    session = session.with_stars([StarEntry("", "b", catalogue=(other,)), StarEntry("", "b", catalogue=(newer,))])
    assert [star.path for star in session.stars] == ["a", "b", "c", "d"]
    assert set(session.stars[1].catalogue) == {newer, other}
    assert session.next_key == 5


def test_that_rows_and_exposures_of_one_file_are_stars_of_their_own() -> None:
    stars = [StarEntry("", "a", 0), StarEntry("", "a", 1), StarEntry("", "a", 1, "58268")]
    assert len(Session().with_stars(stars).stars) == 3


@pytest.mark.parametrize(
    ("gone", "current"), [(["1"], "2"), (["2"], "1"), (["1", "2"], "3"), (["1", "2", "3"], ""), ([], "1")]
)
def test_that_the_next_star_is_looked_at_when_one_goes(gone: list[str], current: str) -> None:
    assert three().without(gone).current == current


def test_that_a_model_is_chosen_for_a_task_and_given_back() -> None:
    session = Session().with_model("LRS:labels", "one").with_model("LRS:labels", "two")
    assert session.model_for("LRS:labels") == "two"
    assert session.model_for("MRS:labels") == ""
    assert session.with_model("LRS:labels", "") == Session()
