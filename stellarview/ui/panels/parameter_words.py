"""What stands above the table of parameters: class, type, novelty, doubts and refusals, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape

from stellarview.domain.errors import StellarViewError
from stellarview.domain.inspection import Inspection
from stellarview.domain.prediction import ClassPrediction, Novelty, Prediction
from stellarview.domain.subtype import subtype_text
from stellarview.domain.what_if import WhatIf
from stellarview.inspection.summary import doubts
from stellarview.ui.panels.parameter_rows import general_flags, percent_text, scatter_worth_saying
from stellarview.ui.theme import Theme

# What `doubts` says in a sentence of its own.
_SAID_BY_DOUBTS = ("unlike the training set", "radial velocity unreliable")
_EDGE_PERCENTILE = 95.0


def head_html(inspection: Inspection, what_if: Mapping[str, WhatIf], theme: Theme) -> str:
    """The lines above the table, as rich text."""
    warning = theme.roles["first"]
    lines = [_kind(inspection)]
    lines += [f'<span style="color:{warning}"><b>{escape(doubt)}</b></span>' for doubt in doubts(inspection)]
    if inspection.novelty is not None and not inspection.novelty.is_unlike:
        lines.append(escape(novelty_words(inspection.novelty)))
    lines += [f'<span style="color:{warning}">⚑</span> {escape(flag)}' for flag in star_flags(inspection)]
    lines += [refusal_html(of, error, theme) for of, error in inspection.refusals.items()]
    lines += _wondered(what_if, theme)
    return "<br>".join(filter(None, lines))


def refusal_html(of: str, error: StellarViewError, theme: Theme) -> str:
    """Who says nothing, why, and what to do about it."""
    name = f"<b>{escape(of)}:</b> " if of else ""
    words = escape(" ".join(error.as_dict().values()))
    return f'<span style="color:{theme.roles["first"]}">{name}{words}</span>'


def novelty_words(novelty: Novelty) -> str:
    """How new the spectrum is to the networks."""
    share = f"{percent_text(100.0 - novelty.percentile)} % of its spectra lie farther out"
    return f"{'On the edge of' if novelty.percentile >= _EDGE_PERCENTILE else 'Like'} the training set: {share}."


def novelty_tip(inspection: Inspection) -> str:
    """The novelty for each model."""
    known = [(one.model, one.novelty) for one in inspection.predictions.values() if one.novelty is not None]
    lines = [f"{model}: percentile {percent_text(novelty.percentile)}" for model, novelty in known]
    return "\n".join(("Novelty: how far the spectrum lies from the training set, in the networks' features.", *lines))


def star_flags(inspection: Inspection) -> tuple[str, ...]:
    """The flags about no single label, each once, with its model where the others are silent."""
    said = (*_SAID_BY_DOUBTS, f"extrapolation: {inspection.beyond_by_type}") if doubts(inspection) else ()
    told: dict[str, list[str]] = {}
    for one in inspection.predictions.values():
        for flag in general_flags(one):
            told.setdefault(flag, []).append(one.model)
    is_all = len(inspection.predictions)
    return tuple(
        flag if len(by) == is_all else f"{flag} ({', '.join(by)})" for flag, by in told.items() if flag not in said
    )


def _kind(inspection: Inspection) -> str:
    """`STAR 99.9 ± 0.1 %   MK G3.6 ± 2.4   in the file: STAR G3`."""
    parts, subtype, header = [], inspection.telling("subtype"), inspection.spectrum.header
    if inspection.classified is not None:
        parts += [_class(entry) for entry in _likely(inspection.classified)]
    if subtype is not None:
        mixture = subtype.labels["subtype"]
        parts.append(f"MK <b>{subtype_text(mixture.mean)}</b> ± {10 * mixture.sigma:.1f} subtypes")
    if header.object_class:
        parts.append(escape("file: " + " ".join(filter(None, (header.object_class, header.subclass)))))
    return " &nbsp;·&nbsp; ".join(part.replace(" ", "&nbsp;") for part in parts)


def _class(entry: ClassPrediction) -> str:
    scatter = scatter_worth_saying(entry)
    plus_minus = "" if scatter is None else f" ± {100 * scatter:.1f}"
    return f"<b>{escape(entry.name)}</b> {escape(percent_text(100 * entry.probability))}{plus_minus} %"


def _likely(told: Prediction) -> Iterator[ClassPrediction]:
    """The most probable class, and others worth a word."""
    for place, entry in enumerate(sorted(told.classes, key=lambda one: -one.probability)):
        if place == 0 or entry.probability > 0.05:
            yield entry


def _wondered(what_if: Mapping[str, WhatIf], theme: Theme) -> Iterator[str]:
    """The edits in a line, and what they brought."""
    edits = dict.fromkeys(edit.words for told in what_if.values() for edit in told.edits)
    if edits:
        yield f'<span style="color:{theme.roles["edit"]}"><b>What if:</b></span> {escape("; ".join(edits))}'
    flags: dict[str, list[str]] = {}
    for name, told in what_if.items():
        for flag in told.flags:
            flags.setdefault(flag, []).append(name)
    for flag, by in flags.items():
        models = "" if len(by) == len(what_if) else f" ({', '.join(by)})"
        yield f'<span style="color:{theme.roles["edit"]}">⚑</span> {escape(flag + models)}'
