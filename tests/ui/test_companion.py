"""The second star is opened with its velocity, and never over what is known of it already."""

from __future__ import annotations

from dataclasses import replace

import pytest
from explained_star import star
from PySide6.QtWidgets import QApplication
from spectrum_desk import desk_of_two, opened

from stellarview.domain.errors import StellarViewError
from stellarview.ui.choices import set_ghost
from stellarview.ui.companion import Companion
from stellarview.ui.desk import Desk


@pytest.fixture
def desk(qapp: QApplication) -> Desk:
    one = desk_of_two()
    one.tasks.companion = Companion(one)  # type: ignore[attr-defined]
    return one


def answer(desk: Desk, key: str, told: object) -> None:
    desk.tasks.asked.pop(key)["then"](told)  # type: ignore[attr-defined]


def test_that_it_is_read_and_put_at_its_velocity(desk: Desk) -> None:
    set_ghost(desk, "2")
    answer(desk, "open second", (star(None),))
    assert desk.findings.opened("2") is None
    answer(desk, "velocity of second", (star(-40.0), star(-40.0).arms))
    found = desk.findings.opened("2")
    assert found is not None
    assert found.spectrum.velocity is not None
    assert found.spectrum.velocity.value_km_s == -40.0


def test_that_what_was_opened_meanwhile_stays(desk: Desk) -> None:
    set_ghost(desk, "2")
    answer(desk, "open second", (star(None),))
    known = opened()
    desk.findings.open("2", known)
    answer(desk, "velocity of second", (star(-40.0), star(-40.0).arms))
    assert desk.findings.opened("2") is known


def test_that_nothing_is_read_twice_nor_for_nobody(desk: Desk) -> None:
    set_ghost(desk, "1")  # it is looked at
    assert desk.tasks.keys() == []
    set_ghost(desk, "2")
    set_ghost(desk, "")
    assert desk.tasks.keys() == []


def test_that_an_exposure_that_is_not_there_is_said(desk: Desk) -> None:
    session = desk.workspace.session
    stars = (session.stars[0], replace(session.stars[1], exposure="123"))
    desk.workspace.change("exposure", replace(session, stars=stars))
    set_ghost(desk, "2")
    answer(desk, "open second", (star(None),))
    assert desk.messages.log
    desk.tasks.asked.clear()  # type: ignore[attr-defined]
    set_ghost(desk, "")
    set_ghost(desk, "2")
    desk.tasks.asked["open second"]["otherwise"](StellarViewError("Cannot read it.", "It is gone.", "Find it."))  # type: ignore[attr-defined]
    assert "Cannot read it." in desk.messages.log[-1]
