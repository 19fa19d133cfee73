"""The panels around the spectrum, as data: docks, the View menu and the default layout are made of this table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from PySide6.QtWidgets import QWidget

from stellarview.ui.desk import Desk
from stellarview.ui.panels.hr import HrPanel
from stellarview.ui.panels.lines import LinesPanel
from stellarview.ui.panels.parameters import ParametersPanel
from stellarview.ui.panels.pdf import PdfPanel
from stellarview.ui.panels.provenance import ProvenancePanel
from stellarview.ui.panels.stars import StarsPanel

Area = Literal["left", "right", "bottom"]


@dataclass(frozen=True)
class Panel:
    """One dock: its name, where it belongs, what is in it, whether it is open at first."""

    key: str
    title: str
    area: Area
    tip: str
    make: Callable[[Desk], QWidget]
    is_open: bool = True


PANELS: tuple[Panel, ...] = (
    Panel("stars", "Stars", "left", "Every spectrum of the session: sort, filter, choose", StarsPanel),
    Panel("parameters", "Parameters", "right", "What each model tells of the star, and how sure it is",
          ParametersPanel),
    Panel("pdf", "PDF", "right", "How sure the network is: the probability of the explained label", PdfPanel),
    Panel("hr", "HR diagram", "right", "The stars among isochrones: ages, masses, and how sure they are", HrPanel),
    Panel("lines", "Lines", "bottom", "Lines that you measured: equivalent widths, fits, velocities", LinesPanel,
          is_open=False),
    Panel("provenance", "Provenance", "bottom", "Files, models, checksums and versions behind what is shown",
          ProvenancePanel, is_open=False),
)  # fmt: skip
