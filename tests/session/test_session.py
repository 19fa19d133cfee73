"""The session keeps its stars apart and its choices among them, whatever is added and removed."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from stellarview.session.session import CatalogueValue, Session, StarEntry


def of(*names: str) -> Session:
    return Session().with_stars([StarEntry("", f"/{name}.fits") for name in names])


def test_that_stars_get_keys_that_are_never_used_twice() -> None:
    session = of("a", "b")
    session = session.without(["2"]).with_stars([StarEntry("", "/c.fits")])
    assert [(star.key, star.path) for star in session.stars] == [("1", "/a.fits"), ("3", "/c.fits")]


def test_that_the_first_star_is_looked_at_and_another_takes_its_place_when_it_goes() -> None:
    session = of("a", "b", "c")
    assert session.current == "1"
    assert session.without(["1"]).current == "2"
    assert replace(session, current="3").without(["3"]).current == "2"
    assert session.without(["1", "2", "3"]).current == ""


def test_that_a_file_is_there_once_but_its_rows_and_exposures_are_stars_of_their_own() -> None:
    session = of("a").with_stars(
        [StarEntry("", "/a.fits"), StarEntry("", "/a.fits", row=0), StarEntry("", "/a.fits", row=1)]
    )
    assert [star.row for star in session.stars] == [-1, 0, 1]


def test_that_what_a_table_says_of_a_known_star_is_added_to_it() -> None:
    value = CatalogueValue("teff", 5772.0, 10.0, "sun.csv")
    session = of("a").with_stars([StarEntry("", "/a.fits", catalogue=(value,))])
    assert [star.catalogue for star in session.stars] == [(value,)]


def test_that_removed_stars_leave_no_trace_in_the_choices() -> None:
    session = replace(of("a", "b", "c"), selected=("1", "2"), ghost="2").without(["2"])
    assert (session.selected, session.ghost) == (("1",), "")


def test_that_a_model_is_chosen_for_its_task_alone_and_given_back() -> None:
    session = (
        Session().with_model("LRS:labels", "mine").with_model("MRS:labels", "other").with_model("LRS:labels", "new")
    )
    assert (session.model_for("LRS:labels"), session.model_for("MRS:labels")) == ("new", "other")
    assert session.with_model("LRS:labels", "").model_for("LRS:labels") == ""


@given(st.lists(st.one_of(st.text("abcde", min_size=1, max_size=1), st.integers(0, 9)), max_size=40))
def test_that_keys_stay_apart_and_the_current_star_exists(steps: list[str | int]) -> None:
    session = Session()
    for step in steps:
        if isinstance(step, str):
            session = session.with_stars([StarEntry("", f"/{step}.fits")])
        elif session.stars:
            session = session.without([session.stars[step % len(session.stars)].key])
        keys = [star.key for star in session.stars]
        assert len(set(keys)) == len(keys)
        assert session.current in keys or not keys
        assert len({star.path for star in session.stars}) == len(keys)
