"""What the pre-flight of a training set means: in words, how grave it is, and what to do. `CHECKS` is the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from stellarview.domain.labels import label_named
from stellarview.domain.model_card import ModelCard
from stellarview.training.label_set import LabelSet

if TYPE_CHECKING:
    from stellarview.training.preflight import LabelCheck, Preflight

Severity = Literal["stop", "warn", "fine"]
_ORDER: dict[Severity, int] = {"stop": 0, "warn": 1, "fine": 2}

_FEWEST_STARS, _FEW_STARS = 20, 100
_FEWEST_VALIDATION = 10
_MANY = 0.1  # of the spectra
_MOST = 0.5
_GREAT_OFFSET = 1.0  # in units of the scatter


@dataclass(frozen=True)
class Verdict:
    """One sentence on the set, and one on what to do; `stars` are some of those that are meant."""

    severity: Severity
    topic: str
    what: str
    what_to_do: str = ""
    stars: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Finding:
    """Everything that a check may look at."""

    found: Preflight
    label_set: LabelSet
    card: ModelCard


Check = Callable[[Finding], Iterator[Verdict]]


def verdicts_on(finding: Finding) -> tuple[Verdict, ...]:
    """The gravest first."""
    return tuple(sorted((one for check in CHECKS for one in check(finding)), key=lambda one: _ORDER[one.severity]))


def _matching(finding: Finding) -> Iterator[Verdict]:
    of, found = finding.label_set, finding.found
    yield Verdict(
        "fine",
        "matching",
        f"Labels are there for {_counted(of.n_matched, 'spectrum', 'spectra')} of {_counted(found.n_stars, 'star')}.",
    )
    if of.n_unmatched:
        share = of.n_unmatched / max(of.n_read, 1)
        yield Verdict(
            "warn" if share > _MANY else "fine",
            "matching",
            f"{of.n_unmatched:,} of {of.n_read:,} spectra are not in the table; they are left out.",
            "If this is too many, choose another column that tells the star." if share > _MANY else "",
            of.unmatched,
        )
    if of.n_rows_without_spectrum:
        share = of.n_rows_without_spectrum / max(of.n_rows, 1)
        yield Verdict(
            "warn" if share > _MOST else "fine",
            "matching",
            f"{of.n_rows_without_spectrum:,} of {of.n_rows:,} rows of the table have no spectrum here.",
            "Add the folder that holds them, if there is one." if share > _MOST else "",
            of.rows_without_spectrum,
        )
    if of.n_rows_repeated:
        many = of.n_rows_repeated > _MANY * of.n_rows
        words = f"{of.n_rows_repeated:,} of {of.n_rows:,} rows of the table are of stars that stand further up."
        advice = "The first row of a star counts. If their labels differ, leave the rows that you trust."
        yield Verdict("warn" if many else "fine", "matching", words, advice, of.rows_repeated)


def _unread(finding: Finding) -> Iterator[Verdict]:
    of = finding.label_set
    if of.n_unread:
        first = of.unread[0]
        names = tuple(one.file for one in of.unread)
        words = f"Files that could not be read: {of.n_unread:,}, the first: {first.file}. {first.why}"
        yield Verdict("warn", "files", words, "They are left out. Download them again, or remove them.", names)
    if of.n_without_labels:
        words = f"In the table, but without one label: {of.n_without_labels:,} of {of.n_read:,} spectra."
        yield Verdict("fine", "labels", words, "", of.without_labels)


def _enough(finding: Finding) -> Iterator[Verdict]:
    found = finding.found
    if found.n_stars < _FEWEST_STARS:
        words = f"{_counted(found.n_stars, 'star')}: too few to train on and to judge by."
        yield Verdict("stop", "number", words, f"Give {_FEWEST_STARS} stars at least.")
    elif found.n_stars < _FEW_STARS:
        words = f"{found.n_stars} stars are few: the metrics will be uncertain."
        yield Verdict("warn", "number", words, "Train the head only, or judge by cross-validation.")


def _split(finding: Finding) -> Iterator[Verdict]:
    found = finding.found
    train, validation, test = (found.part(name) for name in ("train", "validation", "test"))
    words = (
        f"Split by {found.split_group}: {_counted(train.spectra, 'spectrum', 'spectra')} "
        f"({_counted(train.stars, 'star')}) train, "
        f"{validation.spectra:,} ({validation.stars:,}) validate, {test.spectra:,} ({test.stars:,}) test."
    )
    if min(train.spectra, validation.spectra) < 2:
        advice = "Give more stars." if found.split_group == "star" else "There are too few groups: split by star."
        yield Verdict("stop", "split", words, advice)
    elif validation.spectra < _FEWEST_VALIDATION:
        advice = "Give validation a larger share: so few choose the best epoch and calibrate sigma by chance."
        yield Verdict("warn", "split", words, advice)
    else:
        yield Verdict("fine", "split", words)


def _repeats(finding: Finding) -> Iterator[Verdict]:
    found = finding.found
    if found.n_spectra == found.n_stars:
        return
    words = f"The {found.n_spectra:,} spectra are of {found.n_stars:,} stars"
    if found.split_group == "star":
        yield Verdict("fine", "duplicates", f"{words}; the split keeps each star's together.")
    else:
        advice = "Split by star: else a star may train and test, and the metrics flatter."
        yield Verdict("warn", "duplicates", f"{words}, and the split goes by {found.split_group}.", advice)


def _labels(finding: Finding) -> Iterator[Verdict]:
    for one in finding.found.labels:
        if one.is_constant:
            words = (
                f"{one.text} has {'one value for all stars' if one.n_known else 'no value'}: nothing can be learned."
            )
            yield Verdict("warn", "labels", words, "It is left out. Choose another column or unit.")
            continue
        if one.n_bad:
            words = f"{one.n_bad:,} rows of the table have no {one.text} (empty, NaN, or a number such as -9999)."
            yield Verdict("fine", "labels", words, "Such a star still trains the other labels.")
        if one.is_new:
            words = f"{one.text} is new to {finding.card.name}: its output starts from nothing."
            yield Verdict("fine", "labels", words, "Train more than the head: the parent never looked for it.")
    if not finding.found.usable_labels:
        yield Verdict("stop", "labels", "No label can be learned.", "Choose other columns.")
    lost = [label_named(key).text for key in finding.card.outputs if key not in finding.label_set.labels]
    if lost and finding.card.labels:
        words = f"The new model will not tell {', '.join(lost)}: your table has no such labels."
        yield Verdict("fine", "labels", words, f"{finding.card.name} stays as it is and still tells them.")


def _ranges(finding: Finding) -> Iterator[Verdict]:
    for one in finding.found.labels:
        if one.is_constant or one.parent_low is None or not one.n_outside:
            continue
        share = one.n_outside / one.n_known
        words = (
            f"{one.n_outside:,} of {one.n_known:,} stars have {one.text} outside the parent's range "
            f"({_number(one.parent_low, one)} to {_number(one.parent_high, one)} {one.unit}; "
            f"yours {_number(one.low, one)} to {_number(one.high, one)})."
        )
        advice = (
            "Check the unit of the column." if share > _MOST else "Train all layers, and look at these stars after."
        )
        yield Verdict("warn" if share > _MANY else "fine", "range", words, advice, one.outside)


def _offsets(finding: Finding) -> Iterator[Verdict]:
    for one in finding.found.labels:
        if one.offset is None or one.scatter is None or one.is_constant:
            continue
        less = f"{'+' if one.offset >= 0 else ''}{_number(one.offset, one)} {one.unit}"
        words = f"{one.text}: the parent less your labels is {less}, scatter {_number(one.scatter, one)} {one.unit}."
        if abs(one.offset) > _GREAT_OFFSET * max(one.scatter, 1e-9):
            is_elsewhere = one.n_outside > _MOST * one.n_known
            advice = "Your labels are on another scale; that is what tuning is for."
            yield Verdict("warn", "scale", words, "Check the unit of the column." if is_elsewhere else advice)
        else:
            yield Verdict("fine", "scale", words)


def _noise(finding: Finding) -> Iterator[Verdict]:
    found = finding.found
    if found.n_low_snr:
        share = found.n_low_snr / found.n_spectra
        words = f"S/N is below {found.least_snr:.0f} in {found.n_low_snr:,} of {found.n_spectra:,} spectra"
        left_out = "they are left out, as the parent's were" if finding.card.least_snr else "they teach little"
        yield Verdict("warn" if share > _MOST else "fine", "S/N", f"{words}: {left_out}.")


def _likeness(finding: Finding) -> Iterator[Verdict]:
    found = finding.found
    if not found.n_sampled:
        return
    if found.n_unusable:
        grave: Severity = "stop" if found.n_unusable == found.n_sampled else "warn"
        words = f"{found.n_unusable:,} of {found.n_sampled:,} spectra tried cannot be prepared as {found.parent} needs."
        yield Verdict(grave, "preparation", words, "Choose a parent for this kind of spectrum.")
    if found.n_wrong_instrument:
        words = f"{found.n_wrong_instrument:,} of {found.n_sampled:,} spectra tried are of another instrument."
        yield Verdict("warn", "instrument", words, "Train all layers: another instrument's spectra look different.")
    if found.n_poor:
        words = (
            f"{found.n_poor:,} of {found.n_sampled:,} spectra tried lack many of the pixels that the parent looks at."
        )
        advice = "Choose a parent for this kind of spectrum, or train from scratch."
        many = found.n_poor > _MANY * found.n_sampled
        yield Verdict("warn" if many else "fine", "pixels", words, advice if many else "")
    share = found.n_unlike / found.n_sampled
    words = f"{found.n_unlike:,} of {found.n_sampled:,} spectra tried are unlike what {found.parent} was trained on."
    advice = "Train all layers, not the head alone." if share > _MANY else ""
    yield Verdict("warn" if share > _MANY else "fine", "novelty", words, advice, found.unlike)


def _counted(count: int, one: str, more: str = "") -> str:
    return f"{count:,} {one if count == 1 else more or f'{one}s'}"


def _number(value: float | None, label: LabelCheck) -> str:
    """Kelvins whole, dex with two or three digits, an unknown unit as it comes."""
    if value is None:
        return "-"
    if label.unit == "K":
        return f"{value:.0f}"
    return f"{value:.{2 if abs(value) >= 1 else 3}f}" if label.unit == "dex" else f"{value:.3g}"


CHECKS: tuple[Check, ...] = (
    *(_matching, _unread, _enough, _split, _repeats, _labels, _ranges, _offsets, _noise, _likeness),
)
