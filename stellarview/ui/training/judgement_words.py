"""A judgement as a page: the verdict and its reasons first, then a small table for each label, then forgetting."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from stellarview.domain.judgement import CLASS, Change, Drift, Judgement, OutputJudgement, Verdict
from stellarview.domain.labels import label_named
from stellarview.ui.training.run_words import metric_text

VERDICTS: dict[Verdict, str] = {
    "promote": "Promote it.",
    "careful": "Keep it with care.",
    "do not": "Do not promote it.",
}
_LABEL_COLUMNS = {
    "n": "Spectra", "bias": "Bias", "scatter": "Scatter", "mae": "MAE",
    "within_68": "Within 1 σ", "within_95": "Within 1.96 σ", "median_sigma": "Median σ",
}  # fmt: skip
_CLASS_COLUMNS = {"n": "Spectra", "accuracy": "Accuracy"}
_MEASURES = {"error": "mean error", "score": "score (−ln of the probability density of the truth)"}


def judgement_html(judgement: Judgement) -> str:
    """All of it, for a text browser."""
    against = f", against {escape(judgement.parent)}" if judgement.parent else ""
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in judgement.reasons)
    notes = "".join(f"<p><i>{escape(note)}</i></p>" for note in judgement.notes)
    tables = "".join(_output(output, judgement) for output in judgement.outputs)
    return (
        f"<h3>{VERDICTS[judgement.verdict]}</h3><ul>{reasons}</ul>{notes}"
        f"<p>{escape(judgement.model)}{against}, on the {escape(judgement.part)} spectra, "
        f"which no network learned from.</p>"
        f"{tables}{_forgetting(judgement)}"
    )


def _output(output: OutputJudgement, judgement: Judgement) -> str:
    columns = _CLASS_COLUMNS if output.key == CLASS else _LABEL_COLUMNS
    rows: list[tuple[str, Mapping[str, Any]]] = [("this model", output.after)]
    if output.uncalibrated:
        rows.append(("before calibration", output.uncalibrated))
    if output.before:
        rows.append((judgement.parent, output.before))
    head = "".join(f"<th align='right'>&nbsp;{words}</th>" for words in columns.values())
    body = "".join(
        f"<tr><td>{escape(name)}</td>"
        + "".join(f"<td align='right'>&nbsp;{_cell(output.key, facts.get(column), column)}</td>" for column in columns)
        + "</tr>"
        for name, facts in rows
    )
    title = "Classes" if output.key == CLASS else _title(output.key)
    changes = "".join(f"<p>{_change(output.key, change)}</p>" for change in output.changes)
    groups = f"{output.groups} groups of stars"
    table = f"<table cellpadding='2'><tr><th></th>{head}</tr>{body}</table>"
    return f"<h4>{escape(title)} <small>({groups})</small></h4>{table}{changes}"


def _cell(key: str, value: Any, column: str) -> str:
    return "–" if value is None else escape(metric_text(key, float(value), column))


def _change(key: str, change: Change) -> str:
    unit = f" {label_named(key).unit}".rstrip() if change.measure == "error" and key != CLASS else ""
    words = "better" if change.is_better else "worse" if change.is_worse else "chance explains it"
    values = f"{change.value:+.3g}{unit} (95%: {change.low:+.3g} to {change.high:+.3g})"
    return escape(f"Change of the {_MEASURES[change.measure]}: {values}: {words}.".replace("-", "−"))


def _forgetting(judgement: Judgement) -> str:
    if not judgement.drift:
        return ""
    rows = "".join(f"<tr>{_drift(one)}</tr>" for one in judgement.drift)
    head = "".join(f"<th align='right'>&nbsp;{words}</th>" for words in ("Stars", "Median", "95%", "Beyond 2", "Shift"))
    return (
        f"<h4>Forgetting</h4><p>How far answers moved on the reference stars of {escape(judgement.parent)} "
        "that are unlike the new ones, in its own sigma (for classes: in probability).</p>"
        f"<table cellpadding='2'><tr><th></th>{head}</tr>{rows}</table>"
    )


def _drift(one: Drift) -> str:
    name = "Classes" if one.key == CLASS else label_named(one.key).text
    unit = "" if one.key == CLASS else label_named(one.key).unit
    values = (str(one.away), f"{one.median:.2f}", f"{one.most:.2f}", f"{one.beyond:.1%}", f"{one.shift:+.3g} {unit}")
    cells = "".join(f"<td align='right'>&nbsp;{escape(text.replace('-', '−'))}</td>" for text in values)
    return f"<td>{escape(name)}</td>{cells}"


def _title(key: str) -> str:
    label = label_named(key)
    return f"{label.text} ({label.unit})" if label.unit else label.text
