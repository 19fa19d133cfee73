"""Every change can be taken back and done again; what belongs to one gesture is one step."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from stellarview.session.session import Session, StarEntry
from stellarview.ui.workspace import Workspace


def named(words: str) -> Session:
    return Session(filter=words)


def test_that_a_change_is_told_with_what_was_before() -> None:
    told: list[tuple[Session, Session]] = []
    workspace = Workspace()
    workspace.changed.connect(lambda before, now: told.append((before, now)))
    workspace.change("filter", named("a"))
    workspace.change("filter", named("a"))  # nothing new
    assert told == [(Session(), named("a"))]


def test_that_undo_and_redo_say_what_they_would_do() -> None:
    workspace = Workspace()
    assert (workspace.undo_words, workspace.redo_words) == ("", "")
    workspace.change("filter", named("a"))
    assert workspace.undo_words == "filter"
    workspace.undo()
    assert (workspace.undo_words, workspace.redo_words) == ("", "filter")
    assert workspace.session == Session()
    workspace.redo()
    assert workspace.session == named("a")


def test_that_one_gesture_is_one_step_and_the_next_one_another() -> None:
    workspace = Workspace()
    for letter in "abc":
        workspace.change("slide", named(letter), merge="slider 1")
    workspace.change("slide", named("d"), merge="slider 2")
    workspace.undo()
    assert workspace.session == named("c")
    workspace.undo()
    assert workspace.session == Session()


def test_that_a_gesture_after_an_undo_is_a_step_of_its_own() -> None:
    workspace = Workspace()
    workspace.change("slide", named("a"), merge="slider")
    workspace.undo()
    workspace.change("slide", named("b"), merge="slider")
    workspace.undo()
    assert workspace.session == Session()


def test_that_a_new_change_forgets_what_could_be_done_again() -> None:
    workspace = Workspace()
    workspace.change("one", named("a"))
    workspace.undo()
    workspace.change("other", named("b"))
    assert workspace.redo_words == ""
    workspace.redo()
    assert workspace.session == named("b")


def test_that_another_session_begins_with_no_past() -> None:
    workspace = Workspace()
    workspace.change("filter", named("a"))
    workspace.open(Session().with_stars([StarEntry("", "/star.fits")]))
    workspace.undo()
    assert [star.key for star in workspace.session.stars] == ["1"]


@given(st.lists(st.sampled_from(["change", "undo", "redo"]), max_size=60))
def test_that_any_walk_through_the_past_ends_where_a_list_of_sessions_says(steps: list[str]) -> None:
    workspace, line, place = Workspace(), [Session()], 0
    for number, step in enumerate(steps):
        if step == "change":
            line, place = [*line[: place + 1], named(str(number))], place + 1
            workspace.change("filter", line[place])
        elif step == "undo":
            place = max(place - 1, 0)
            workspace.undo()
        else:
            place = min(place + 1, len(line) - 1)
            workspace.redo()
        assert workspace.session == line[place]


def test_that_a_change_of_many_fields_is_taken_back_whole() -> None:
    workspace = Workspace(Session().with_stars([StarEntry("", f"/{name}.fits") for name in "abc"]))
    before = workspace.session
    workspace.change("removal", replace(before.without(["1", "3"]), filter="x"))
    assert [star.key for star in workspace.session.stars] == ["2"]
    workspace.undo()
    assert workspace.session == before
