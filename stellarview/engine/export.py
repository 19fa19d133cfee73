"""Jobs that make what leaves the window: figures, sheets, tables, and where they came from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.model_card import ModelCard
from stellarview.engine.pipe import Progress
from stellarview.engine.wishes import About, FigureWish, SheetWish
from stellarview.engine.work import model_named, the_star
from stellarview.inspection.provenance import provenance_facts
from stellarview.inspection.sheet import make_folder, sidecar_of, write_sheet, write_sidecar
from stellarview.inspection.star import inspect_star
from stellarview.inspection.summary import failed_row, summary_columns, summary_row
from stellarview.inspection.table import ResultsTable, Told, results_table
from stellarview.io.atomic import writable_target
from stellarview.io.models import find_model, read_card
from stellarview.io.names import printable
from stellarview.io.results import write_results
from stellarview.scene.figure import checked_format, figure_bytes, save_figure
from stellarview.session.session import StarEntry


def draw(progress: Progress, wish: FigureWish, path: Path, about: About) -> Path:
    """The figure, and its provenance beside it; neither replaces a file of another kind."""
    checked_format(path)
    writable_target(sidecar_of(path), (b"{",))
    scene, (width, height) = wish.on_paper()
    save_figure(scene, path, width, wish.dpi, height)
    seen = None if wish.seen is None else [{"x": list(x), "y": list(y)} for x, y in wish.seen]
    facts = {"figure": printable(path.name), "view": about.view, "title": printable(wish.scene.title), "seen": seen}
    star = {} if about.inspection is None else tell_provenance(progress, about.inspection, about.command)
    write_sidecar(path, facts | {"drawn_from": printable(wish.scene.provenance)} | star | {"others": [*about.others]})
    return path


def preview(progress: Progress, wish: FigureWish) -> bytes:
    """The figure as a PNG of few dots."""
    scene, size = wish.on_paper()
    return figure_bytes(scene, "png", size, wish.dpi)


def write_one_sheet(progress: Progress, entry: StarEntry, wish: SheetWish) -> dict[str, Any]:
    """The sheet that `stellarview report` draws; returns the star's row for the table of them all."""
    file = entry.path if entry.row < 0 else f"{entry.path}#{entry.row}"
    try:
        inspection = inspect_star(
            the_star(entry),
            model_named,
            chosen=wish.chosen,
            label=wish.label,
            user_km_s=entry.user_km_s,
            cancelled=progress.is_cancelled,
        )
        progress.check()
        cards = {name: model_named(name).card for name in inspection.predictions}
        make_folder(wish.path.parent)
        write_sheet(inspection, cards, wish.path, wish.command)
    except StellarViewError as error:
        return failed_row(file, error)
    return summary_row(inspection, file)


def write_summary(progress: Progress, path: Path, rows: Sequence[Mapping[str, Any]]) -> Path:
    """The table of the stars that have sheets."""
    write_results(path, rows, summary_columns())
    return path


def gather(progress: Progress, stars: Sequence[Told]) -> ResultsTable:
    """The results of these stars, as plain numbers: answers of networks take a hundred times as long to hand over."""
    return results_table(stars)


def write_table(progress: Progress, path: Path, table: ResultsTable) -> Path:
    """All results as a table."""
    write_results(path, *table)
    return path


def tell_provenance(progress: Progress, inspection: Inspection, command: str) -> dict[str, Any]:
    """What lets somebody else get the same answers."""
    return provenance_facts(inspection, _cards(inspection.predictions), command)


def _cards(names: Mapping[str, object]) -> dict[str, ModelCard]:
    """The cards of these models; one that was removed meanwhile is missed by none but its own line."""
    cards = {}
    for name in names:
        with suppress(StellarViewError):
            cards[name] = read_card(find_model(name))
    return cards
