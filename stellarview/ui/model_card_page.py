"""A model's card as a page to read: what it is, how good it is, what it was taught, without a field left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any

from stellarview.domain.labels import label_named
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.domain.rounding import decimals_of, number_text
from stellarview.domain.subtype import subtype_text
from stellarview.engine.models import InstalledModel

_LONGEST_LIST = 6
# (key in the card, heading, what it is); those in the label's unit are given its digits.
_OF_LABELS = (
    ("n", "spectra"), ("bias", "bias"), ("scatter", "scatter"), ("mae", "MAE"), ("rms", "RMS"),
    ("median_sigma", "stated σ"), ("within_68", "in 68%"), ("within_95", "in 95%"),
)  # fmt: skip
_IN_UNIT = ("bias", "scatter", "mae", "rms", "median_sigma")
_OF_CLASSES = (("n", "spectra"), ("precision", "precision"), ("recall", "recall"), ("f1", "F1"))
_METRICS_KEY = (
    "Of model less truth: bias is the mean, scatter the robust sigma (of the median deviation), MAE and RMS the mean "
    "absolute and the root mean square difference. In 68% and in 95%: the share of spectra whose truth lies in the "
    "interval that the model states; where sigmas are honest, 68% and 95%."
)
_FAITHFULNESS_KEY = (
    "How many times sooner the output follows the pixels that an explanation ranks first than random ones, taken away "
    "(deletion) or put in (insertion): 1 is no better than chance."
)
_CALIBRATION_KEY = "Stated sigmas are the networks' own times this factor, found on validation spectra."
_MISFIT_KEY = "What synthetic spectra add was found on benchmark stars; the metrics below are without it."


def model_page(model: InstalledModel) -> str:
    """The page, as rich text."""
    if model.card is None:
        words = "" if model.error is None else "<br>".join(map(escape, model.error.as_dict().values()))
        return f"<h2>{escape(model.name)}</h2><p>{words}</p><p>{escape(model.folder)}</p>"
    card = model.card
    parts = (
        f"<h2>{escape(card.name)}</h2><p>{escape(card.about)}</p>",
        _facts(card, model.folder),
        _section("What it tells", _labels(card) if card.labels else escape(", ".join(card.classes))),
        *_metrics(card),
        _section("Faithfulness of explanations", _faithfulness(card)),
        _section("Recipe: what is done to a spectrum first", _recipe(card.recipe)),
        _section("Training", _training(card.training)),
        _section("Cite", _list("ul", map(escape, card.cite))),
    )
    return "".join(parts)


def _facts(card: ModelCard, folder: str) -> str:
    members = f"an ensemble of {card.members} networks" if card.members > 1 else "one network"
    facts = {
        "Instrument": f"LAMOST {card.instrument}",
        "Network": f"{card.architecture}, {members}",
        "Trained on": card.trained_on,
        "Least S/N": f"{card.least_snr:g} per pixel" if card.least_snr else "",
        "Bad pixels": f"up to {card.most_bad_share:.0%} of a spectrum",
        "Explained layer": card.explained_layer,
        "Parent": card.parent or "none: trained from scratch",
        "Licence": card.licence,
        "Weights": f"sha256 {card.weights_sha256}",
        "Folder": folder,
    }
    rows = (
        f"<tr><td><b>{name}</b>&nbsp;&nbsp;</td><td>{escape(text)}</td></tr>" for name, text in facts.items() if text
    )
    return f"<table cellpadding=2>{''.join(rows)}</table>"


def _labels(card: ModelCard) -> str:
    has_misfit = any(scale.misfit for scale in card.labels)
    more = ("σ of synthesis",) if has_misfit else ()
    rows = [(*_label_cells(scale), *([f"{scale.misfit:g}"] if has_misfit else [])) for scale in card.labels]
    key = f"{_CALIBRATION_KEY} {_MISFIT_KEY}" if has_misfit else _CALIBRATION_KEY
    return _table(("label", "training range", "unit", "σ factor", *more), rows) + f"<p>{key}</p>"


def _label_cells(scale: LabelScale) -> tuple[str, ...]:
    label = label_named(scale.key)
    if scale.key == "subtype":
        ends = f"{subtype_text(scale.low)} to {subtype_text(scale.high)}"
    else:
        digits = 0 if scale.high - scale.low > 100 else 2
        ends = f"{number_text(scale.low, digits)} to {number_text(scale.high, digits)}"
    return label.text, ends, label.unit, _factor_text(scale)


def _factor_text(scale: LabelScale) -> str:
    """One factor, or how it runs from faint to bright spectra."""
    if not scale.sigma_factor_by_snr:
        return f"{scale.sigma_factor:.2f}"
    (faint, first), (bright, last) = scale.sigma_factor_by_snr[0], scale.sigma_factor_by_snr[-1]
    return f"{first:.2f} at S/N {faint:.0f} to {last:.2f} at {bright:.0f}"


def _metrics(card: ModelCard) -> Iterator[str]:
    """A small table for each held-out set."""
    sets = [(name, told) for name, told in card.metrics.items() if isinstance(told, Mapping)]
    for place, (name, told) in enumerate(sets):
        key = f"<p>{_METRICS_KEY}</p>" if "labels" in told and place == len(sets) - 1 else ""
        count = f", {told['n']:,} spectra" if isinstance(told.get("n"), int) else ""
        title = f"Held-out spectra: {escape(name.replace('_', ' '))}{count}"
        yield _section(title, f"{_label_metrics(told)}{_class_metrics(told)}{key}")


def _label_metrics(told: Mapping[str, Any]) -> str:
    rows = []
    for key, facts in _mapping(told.get("labels")).items():
        values = _mapping(facts)
        label, scatter = label_named(key), values.get("scatter")
        digits = max(decimals_of(scatter), 1) if isinstance(scatter, int | float) else 2
        cells = [_metric(name, values.get(name), digits) for name, _ in _OF_LABELS]
        rows.append((f"{label.text} ({label.unit})" if label.unit else label.text, *cells))
    return _table(("", *(title for _, title in _OF_LABELS)), rows) if rows else ""


def _metric(name: str, value: Any, digits: int) -> str:
    if not isinstance(value, int | float):
        return ""
    if name in _IN_UNIT:
        return number_text(float(value), digits)
    return f"{value:.0%}" if name.startswith("within") else f"{value:,}"


def _class_metrics(told: Mapping[str, Any]) -> str:
    rows = []
    for name, values in _mapping(told.get("classes")).items():
        numbers = [_mapping(values).get(key) for key, _ in _OF_CLASSES]
        cells = [
            f"{one:,}" if isinstance(one, int) else f"{one:.3f}" if isinstance(one, float) else "" for one in numbers
        ]
        rows.append((name, *cells))
    accuracy = told.get("accuracy")
    words = f"<p>Accuracy {accuracy:.1%}</p>" if isinstance(accuracy, float) else ""
    return (_table(("", *(title for _, title in _OF_CLASSES)), rows) if rows else "") + words


def _faithfulness(card: ModelCard) -> str:
    rows = [
        (
            label_named(one.label).text,
            one.method,
            f"{one.deletion_factor:.1f} ± {one.deletion_scatter:.1f}",
            f"{one.insertion_factor:.1f} ± {one.insertion_scatter:.1f}",
            str(one.n_spectra),
        )
        for one in card.faithfulness
    ]
    if not rows:
        return "<p>Not measured.</p>"
    return _table(("", "method", "deletion", "insertion", "spectra"), rows) + f"<p>{_FAITHFULNESS_KEY}</p>"


def _recipe(recipe: Mapping[str, Any]) -> str:
    steps = recipe.get("steps")
    return _list("ol", [_step(_mapping(step)) for step in steps] if isinstance(steps, list | tuple) else [])


def _step(step: Mapping[str, Any]) -> str:
    name = escape(str(step.get("step", "?")).replace("_", " "))
    settings = [f"{escape(key.replace('_', ' '))} {_value(value)}" for key, value in step.items() if key != "step"]
    return f"<b>{name}</b>{': ' if settings else ''}{'; '.join(settings)}"


def _value(value: Any) -> str:
    """A setting in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{escape(str(key).replace('_', ' '))} {_value(one)}" for key, one in value.items())
    if isinstance(value, list | tuple):
        return _values(value)
    if isinstance(value, int):
        return f"{value:,}"
    return escape(f"{value:.7g}" if isinstance(value, float) else str(value))


def _values(values: Sequence[Any]) -> str:
    """Two numbers are a stretch; of long lists the length is told."""
    if all(isinstance(one, int | float) for one in values):
        if len(values) == 2:
            return f"{_value(values[0])} to {_value(values[1])}"
        if len(values) > _LONGEST_LIST:
            return f"({len(values):,} values)"
    return " | ".join(_value(one) for one in values)


def _training(training: Mapping[str, Any]) -> str:
    spectra = ", ".join(f"{_value(count)} for {name}" for name, count in _mapping(training.get("spectra")).items())
    seconds = training.get("seconds")
    minutes = f"{seconds / 60:.0f} minutes on {training.get('device', '?')}" if isinstance(seconds, int | float) else ""
    versions = ", ".join(f"{name} {one}" for name, one in _mapping(training.get("versions")).items())
    epochs = f"{training['epochs']} epochs" if "epochs" in training else ""
    facts = (f"Spectra: {spectra}" if spectra else "", epochs, minutes, versions, str(training.get("command", "")))
    return _list("ul", [escape(fact) for fact in facts if fact])


def _mapping(value: Any) -> Mapping[str, Any]:
    """What a stranger's card may have left out or made something else of."""
    return value if isinstance(value, Mapping) else {}


def _section(title: str, content: str) -> str:
    return f"<h3>{title}</h3>{content}" if content else ""


def _list(kind: str, entries: Iterator[str] | Sequence[str]) -> str:
    inner = "".join(f"<li>{entry}</li>" for entry in entries)
    return f"<{kind}>{inner}</{kind}>" if inner else ""


def _table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    head = "".join(f"<th align={_side(place)}>{escape(title)}</th>" for place, title in enumerate(titles))
    body = "".join(
        f"<tr>{''.join(f'<td align={_side(place)}>{escape(cell)}</td>' for place, cell in enumerate(row))}</tr>"
        for row in rows
    )
    return f"<table cellpadding=3 cellspacing=0><tr>{head}</tr>{body}</table>"


def _side(place: int) -> str:
    return "right" if place else "left"
