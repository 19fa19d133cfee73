"""The columns of the table of parameters, as data: what each says of a row, and what it means in plain words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from stellarview.domain.rounding import decimals_of, number_text
from stellarview.ui.panels.parameter_rows import ParameterRow

Kind = Literal["name", "number", "unit", "pdf"]
# A change below this part of the label's own sigma is nothing to speak of; beyond one it moved the label for good.
LITTLE, MUCH = 0.2, 1.0
# Where a catalogue says something else.
AT_ODDS = 3.0


@dataclass(frozen=True)
class ParameterColumn:
    """One column; those where no row says anything are hidden."""

    key: str
    title: str
    kind: Kind
    tip: str
    text: Callable[[ParameterRow], str]


def _nothing(row: ParameterRow) -> str:
    return ""


def _noise(row: ParameterRow) -> str:
    return row.sigma_text(row.noise)


def _members(row: ParameterRow) -> str:
    return row.sigma_text(row.members)


def _misfit(row: ParameterRow) -> str:
    return row.sigma_text(row.misfit)


def _bound(row: ParameterRow) -> str:
    return row.sigma_text(row.bound)


def _catalogue(row: ParameterRow) -> str:
    return "" if row.known is None else row.value_text(row.known.value)


def _difference(row: ParameterRow) -> str:
    difference = None if row.known is None else row.difference(row.known)
    return "" if difference is None else in_sigmas(difference)


def change_text(row: ParameterRow) -> str:
    """`+35 ±4`: the digits are those of the scatter, but not more than those of the label."""
    change = row.change
    if change is None:
        return ""
    scatter = 0.0 if change.scatter is None else row.scale * change.scatter
    digits = min(decimals_of(scatter), row.digits) if scatter > 0 else row.digits
    value = row.scale * change.value
    sign = "+" if round(value, digits) > 0 else ""
    text = f"{sign}{number_text(value, digits)}"
    return text if change.scatter is None else f"{text} ±{scatter:.{digits}f}"


def _change_in_sigmas(row: ParameterRow) -> str:
    told = None if row.change is None else row.change.in_sigmas
    return "" if told is None else in_sigmas(told)


def in_sigmas(number: float) -> str:
    """`−0.9σ`."""
    digits = 1 if abs(number) < 99.95 else 0
    sign = "+" if round(number, digits) > 0 else ""
    return f"{sign}{number_text(number, digits)}σ"


PARAMETER_COLUMNS: tuple[ParameterColumn, ...] = (
    ParameterColumn("name", "", "name", "What is told. Click a row to have it explained in the spectrum",
                    lambda row: row.name),
    ParameterColumn("value", "value", "number", "Mean of the members of the ensemble, in the unit of the row",
                    lambda row: row.value),
    ParameterColumn("noise", "± noise", "number", "Aleatoric: the part of one sigma that the spectrum's noise makes. "
                    "More members would not take it away", _noise),
    ParameterColumn("members", "± memb.", "number", "Epistemic: the part of one sigma in which the networks of the "
                    "ensemble disagree. It grows where the training spectra are few", _members),
    ParameterColumn("misfit", "± synth.", "number", "The part of one sigma that comes of learning from synthetic "
                    "spectra: how far they were off benchmark stars. Neither light nor members take it away", _misfit),
    ParameterColumn("unit", "", "unit", "Unit of the row", lambda row: row.unit),
    ParameterColumn("change", "what if", "number", "What your edits of the spectrum change: after less before, ± the "
                    "scatter of the members' own changes", change_text),
    ParameterColumn("sigmas", "of σ", "number", "The same change in sigmas of the label before the edits: beyond 1 "
                    "they moved it further than its error", _change_in_sigmas),
    ParameterColumn("bound", "bound", "number", "Information bound (Cramer-Rao): the smallest sigma that any method "
                    "could reach at this spectrum's noise, all labels unknown. ∞: no pixel tells it", _bound),
    ParameterColumn("pdf", "PDF", "pdf", "Probability density of the mixture of all members, 68% shaded; the upright "
                    "line is the catalogue's value", _nothing),
    ParameterColumn("catalogue", "known", "number", "What a catalogue, or the file's own header, says of this label",
                    _catalogue),
    ParameterColumn("difference", "diff.", "number", "This value less the catalogue's, in sigmas: the catalogue's own "
                    "sigma counts where it is known", _difference),
)  # fmt: skip


def shown_columns(rows: Sequence[ParameterRow]) -> tuple[bool, ...]:
    """Whether each column has anything to say."""
    has_pdf = any(row.mixture is not None for row in rows)
    return tuple(
        column.kind == "name" or (has_pdf if column.kind == "pdf" else any(column.text(row) for row in rows))
        for column in PARAMETER_COLUMNS
    )


def row_words(row: ParameterRow) -> str:
    """The row as a sentence or two: a tooltip, and what is read aloud."""
    sigmas = [
        f"± {text} {words}"
        for text, words in (
            (row.sigma_text(row.noise), "by noise"),
            (row.sigma_text(row.members), "by disagreement of members"),
            (row.sigma_text(row.misfit), "by the synthetic spectra that were learned from"),
        )
        if text
    ]
    lines = [f"{row.name}: {row.meaning}", f"{row.value} {' '.join(sigmas)} {row.unit}, told by {row.model}"]
    if row.bound is not None:
        lines.append(f"Any method: ± {row.sigma_text(row.bound)} {row.unit} at best")
    lines += [_catalogue_words(row, place) for place in range(len(row.catalogue))]
    if row.change is not None:
        sigmas_moved = _change_in_sigmas(row)
        of_sigma = f" ({sigmas_moved})" if sigmas_moved else ""
        lines.append(f"With your edits: {change_text(row)} {row.unit}{of_sigma}")
    if row.shown != row.key:
        lines.append("A click explains the abundance relative to hydrogen, which the network tells")
    return "\n".join((*lines, *row.flags))


def _catalogue_words(row: ParameterRow, place: int) -> str:
    known = row.catalogue[place]
    sigma = f" ± {row.sigma_text(known.sigma)}" if known.sigma else ""
    difference = row.difference(known)
    told = "" if difference is None else f"; this value differs by {in_sigmas(difference)}"
    return f"{known.source or 'Catalogue'}: {row.value_text(known.value)}{sigma} {row.unit}{told}"
