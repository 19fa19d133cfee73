"""One star's sheet on the disk: the drawing, and beside it what lets somebody else get the same answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.model_card import ModelCard
from stellarview.inspection.page import build_page
from stellarview.inspection.provenance import provenance_facts, provenance_line
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name, printable
from stellarview.scene.page import save_page

PROVENANCE_ENDING = ".provenance.json"


def write_sheet(inspection: Inspection, cards: Mapping[str, ModelCard], sheet: Path, command: str) -> None:
    """The sheet, in the format that its name's ending tells, and its provenance; a star of which no model told
    anything has none, and its first refusal is raised."""
    if not inspection.predictions:
        raise next(iter(inspection.refusals.values()))
    save_page(build_page(inspection, provenance_line(inspection, cards)), sheet)
    write_sidecar(sheet, {"sheet": printable(sheet.name)} | provenance_facts(inspection, cards, command))


def write_sidecar(beside: Path, facts: Mapping[str, Any]) -> Path:
    """Facts as JSON in NAME.provenance.json beside a file of this name."""
    sidecar = sidecar_of(beside)
    text = json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False)
    write_atomically(sidecar, f"{text}\n".encode(), (b"{",))
    return sidecar


def sidecar_of(beside: Path) -> Path:
    """Where the provenance of a file is written."""
    return beside.with_name(f"{beside.stem}{PROVENANCE_ENDING}")


def make_folder(path: Path) -> None:
    """The folder of the sheets, where it is not there yet."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StellarViewError(
            f"Cannot make the folder {display_name(path)}.", f"The system says: {error.strerror}.", "Choose another."
        ) from error
