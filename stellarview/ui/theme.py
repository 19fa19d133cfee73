"""What the window looks like: light and dark, colours by role, told apart with any colour vision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

from stellarview.scene.marks import Role

ThemeChoice = Literal["system", "light", "dark"]


@dataclass(frozen=True)
class Theme:
    """Colours as `#RRGGBB`: `plot` lies behind curves, `window` behind widgets; `faint` is for what guides the eye."""

    name: Literal["light", "dark"]
    plot: str
    window: str
    base: str
    alternate: str
    button: str
    foreground: str
    faint: str
    highlight: str
    link: str
    roles: Mapping[Role, str]
    diverging: tuple[str, ...]
    sequential: tuple[str, ...]

    def colour(self, role: Role) -> QColor:
        """The colour of what has this role."""
        return QColor(self.roles[role])


# Okabe and Ito's palette, as in figures; its greys are darker here, since a screen has fewer dots than paper.
LIGHT = Theme(
    name="light", plot="#FFFFFF", window="#F3F4F6", base="#FFFFFF", alternate="#F0F2F5", button="#E9EBEE",
    foreground="#1B1D21", faint="#B4B8BF", highlight="#0072B2", link="#005F96",
    roles=MappingProxyType({
        "flux": "#222222", "error": "#56B4E9", "continuum": "#D55E00", "masked": "#858585", "label": "#0072B2",
        "zero": "#858585", "first": "#D55E00", "second": "#0072B2", "third": "#00916A", "fourth": "#C46A9B",
        "isochrone": "#0072B2", "star": "#D55E00", "catalogue": "#858585",
        "fifth": "#B07A00", "sixth": "#3A8FC4", "ghost": "#C46A9B", "sky": "#E8D84A", "edit": "#00916A",
        "known": "#6B7078",
    }),
    diverging=("#56B4E9", "#0072B2", "#222222", "#D55E00", "#E69F00"),
    sequential=("#440154", "#414487", "#2A788E", "#22A884", "#5DB94A"),
)  # fmt: skip
# The same hues, lighter; what matters little is darker than what matters.
DARK = Theme(
    name="dark", plot="#15171B", window="#1E2126", base="#15171B", alternate="#1B1E23", button="#2B2F36",
    foreground="#E4E6EA", faint="#565C66", highlight="#2F7FB8", link="#7CC4F2",
    roles=MappingProxyType({
        "flux": "#E2E4E8", "error": "#3E86B0", "continuum": "#F28C48", "masked": "#868B93", "label": "#74BFF0",
        "zero": "#868B93", "first": "#F28C48", "second": "#74BFF0", "third": "#2FC79B", "fourth": "#E79CC4",
        "isochrone": "#74BFF0", "star": "#F28C48", "catalogue": "#868B93",
        "fifth": "#FFC857", "sixth": "#A6DBFA", "ghost": "#E79CC4", "sky": "#8A7F2A", "edit": "#2FC79B",
        "known": "#9BA1AA",
    }),
    diverging=("#A6DBFA", "#3FA0E0", "#8E949C", "#F28C48", "#FFC857"),
    sequential=("#5A73B8", "#2A9DA0", "#35B779", "#8FD744", "#FDE725"),
)  # fmt: skip
THEMES: dict[str, Theme] = {"light": LIGHT, "dark": DARK}
_SCHEMES = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
# The property of the application that keeps what was chosen.
_CHOICE = "stellarview_theme"


def apply_theme(app: QApplication, choice: ThemeChoice = "system", text_scale: float = 1.0) -> Theme:
    """Qt's Fusion style in these colours; `system` follows the desktop, also when it changes later."""
    hints = app.styleHints()
    if app.property(_CHOICE) is None:
        app.setStyle(QStyleFactory.create("Fusion"))
        hints.colorSchemeChanged.connect(lambda _scheme: _follow(app))
    app.setProperty(_CHOICE, choice)
    # The frame of the window, too, where the desktop draws it.
    hints.setColorScheme(_SCHEMES.get(choice, Qt.ColorScheme.Unknown))
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
    font.setPointSizeF(font.pointSizeF() * text_scale)
    app.setFont(font)
    return _follow(app)


def theme_of(palette: QPalette) -> Theme:
    """The theme that a widget's palette belongs to."""
    return DARK if palette.color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def _follow(app: QApplication) -> Theme:
    choice = str(app.property(_CHOICE))
    is_dark = app.styleHints().colorScheme() == Qt.ColorScheme.Dark
    theme = THEMES.get(choice) or (DARK if is_dark else LIGHT)
    app.setPalette(_palette(theme))
    return theme


def _palette(theme: Theme) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(theme.button), QColor(theme.window))
    for which, colour in {
        role.Base: theme.base, role.AlternateBase: theme.alternate, role.Text: theme.foreground,
        role.WindowText: theme.foreground, role.ButtonText: theme.foreground, role.ToolTipBase: theme.button,
        role.ToolTipText: theme.foreground, role.PlaceholderText: theme.faint, role.Highlight: theme.highlight,
        role.Accent: theme.highlight, role.HighlightedText: "#FFFFFF", role.Link: theme.link,
    }.items():  # fmt: skip
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(theme.roles["masked"]))
    return palette
