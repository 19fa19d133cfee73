"""Both themes: every role has a colour, and every colour is seen on its background."""

from __future__ import annotations

from itertools import combinations
from typing import get_args

import pytest
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from stellarview.scene.marks import Role
from stellarview.ui.theme import DARK, LIGHT, THEMES, Theme, apply_theme, theme_of


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    parts = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in QColor(colour).getRgbF()[:3]
    ]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def as_deuteranope(colour: str) -> tuple[float, ...]:
    """What is left of a colour without green cones (Machado, Oliveira and Fernandes 2009, full severity)."""
    red, green, blue = QColor(colour).getRgbF()[:3]
    return (
        0.367322 * red + 0.860646 * green - 0.227968 * blue,
        0.280085 * red + 0.672501 * green + 0.047413 * blue,
        -0.011820 * red + 0.042940 * green + 0.968881 * blue,
    )


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_that_every_role_has_a_colour(theme: Theme) -> None:
    assert set(theme.roles) == set(get_args(Role))
    assert all(QColor(colour).isValid() for colour in theme.roles.values())


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
@pytest.mark.parametrize("role", sorted({*get_args(Role)} - {"error", "sky"}))  # these are areas, no lines
def test_that_lines_are_seen_on_their_background(theme: Theme, role: Role) -> None:
    assert contrast(theme.roles[role], theme.plot) >= 3.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_that_words_are_legible(theme: Theme) -> None:
    for background in (theme.plot, theme.window, theme.base, theme.alternate, theme.button):
        assert contrast(theme.foreground, background) >= 7.0
    assert contrast("#FFFFFF", theme.highlight) >= 3.0


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_that_series_are_told_apart_without_green(theme: Theme) -> None:
    series = [as_deuteranope(theme.roles[role]) for role in ("first", "second", "third", "fourth")]
    for one, other in combinations(series, 2):
        assert sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5 > 0.15


@pytest.mark.parametrize(("choice", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_that_a_choice_reaches_every_widget(qapp: QApplication, qtbot: QtBot, choice: str, theme: Theme) -> None:
    widget = QWidget()
    qtbot.addWidget(widget)
    assert apply_theme(qapp, choice) is theme
    qapp.processEvents()
    assert theme_of(widget.palette()) is theme


def test_that_text_grows_with_its_scale(qapp: QApplication) -> None:
    apply_theme(qapp, "light", 1.0)
    usual = qapp.font().pointSizeF()
    apply_theme(qapp, "light", 1.5)
    assert qapp.font().pointSizeF() == pytest.approx(1.5 * usual)


def test_that_the_systems_choice_is_one_of_ours(qapp: QApplication) -> None:
    assert apply_theme(qapp, "system") in (LIGHT, DARK)
