"""Commands for how the window looks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stellarview.ui.main_window import MainWindow

_THEMES = ("system", "light", "dark")
_TEXT_STEP, _TEXT_RANGE = 1.1, (0.7, 2.5)


def inspect(window: MainWindow) -> None:
    """Spectra, and what the models say."""
    window.workspaces.go("inspect")


def train(window: MainWindow) -> None:
    """The user's own labels."""
    window.workspaces.go("train")


def next_theme(window: MainWindow) -> None:
    """System, light, dark, and again."""
    now = window.desk.preferences.settings.theme
    theme = _THEMES[(_THEMES.index(now) + 1) % len(_THEMES)]
    window.desk.preferences.change(theme=theme)
    window.statusBar().showMessage(f"Theme: {theme}", 3000)


def larger_text(window: MainWindow) -> None:
    """A tenth larger."""
    _scale_text(window, _TEXT_STEP)


def smaller_text(window: MainWindow) -> None:
    """A tenth smaller."""
    _scale_text(window, 1 / _TEXT_STEP)


def _scale_text(window: MainWindow, factor: float) -> None:
    low, high = _TEXT_RANGE
    scale = window.desk.preferences.settings.text_scale * factor
    window.desk.preferences.change(text_scale=round(min(high, max(low, scale)), 3))


def restore_layout(window: MainWindow) -> None:
    """All panels where they belong."""
    window.restore_layout()


def full_screen(window: MainWindow) -> None:
    """The whole screen, and back."""
    if window.isFullScreen():
        window.showNormal()
    else:
        window.showFullScreen()
