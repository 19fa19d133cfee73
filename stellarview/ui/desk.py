"""What every panel and command is handed: the session, what was found, who works, what the user prefers."""

from __future__ import annotations

from dataclasses import dataclass

from stellarview.ui.findings import Findings
from stellarview.ui.inspector import Inspector
from stellarview.ui.messages import Messages
from stellarview.ui.preferences import Preferences
from stellarview.ui.tasks import Tasks
from stellarview.ui.workspace import Workspace


@dataclass(frozen=True, eq=False)
class Desk:
    """The parts of the running program. Built once, by `app`."""

    workspace: Workspace
    findings: Findings
    tasks: Tasks
    inspector: Inspector
    messages: Messages
    preferences: Preferences
