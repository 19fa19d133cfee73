"""What the panel of PDFs shows of a session, as a scene, or as words where there is nothing to show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Mixture, Prediction
from stellarview.domain.results import mixtures
from stellarview.engine.known import Known
from stellarview.scene.classes import ClassEntry, build_class_scene
from stellarview.scene.marks import ContourMark, CurveMark, Panel, PointsMark, Scene, SpanMark
from stellarview.scene.pdf import PdfEntry, build_pair_scene, build_pdf_scene
from stellarview.session.session import Session
from stellarview.ui.findings import Findings

# As many as have a colour of their own.
_MOST_STARS = 6
Shown = Scene | str


def build_shown(session: Session, findings: Findings) -> Shown:
    """The explained label of the current star and of those selected with it, or two labels of the current one."""
    if not session.current:
        return "No star yet: open a spectrum."
    known = findings.known(session.current)
    if session.display.pair:
        return _pair(session, known)
    return _one_label(session, findings)


def shown_keys(session: Session) -> tuple[str, ...]:
    """The current star, and those selected with it."""
    return tuple(dict.fromkeys(filter(None, (session.current, *session.selected))))[:_MOST_STARS]


def pair_prediction(known: Known) -> Prediction | None:
    """What tells two labels and more, so that they can stand against each other."""
    return next((one for one in known.predictions.values() if len(one.labels) > 1), None)


def _one_label(session: Session, findings: Findings) -> Shown:
    label, keys = session.display.label, shown_keys(session)
    told = {key: mixture for key in keys if (mixture := _mixture(findings.known(key), label)) is not None}
    if not told:
        return _classes(session, findings)
    names = short_names([_name(findings.known(key)) for key in told])
    entries = [PdfEntry(name, mixture) for name, mixture in zip(names, told.values(), strict=True)]
    star, opened = session.star(session.current), findings.opened(session.current)
    is_alone = len(keys) == 1 and star is not None
    scene = build_pdf_scene(
        entries,
        label,
        "",
        catalogue=star.catalogue if is_alone and star is not None else (),
        training_range=None if opened is None else opened.inspection.ranges.get(label),
    )
    return _with_count(scene if is_alone else _without_span_legend(scene), len(told), len(session.selected))


def _without_span_legend(scene: Scene) -> Scene:
    """The names of the stars need all the room that there is."""
    (panel,) = scene.panels
    marks = tuple(replace(mark, legend="") if isinstance(mark, SpanMark) else mark for mark in panel.marks)
    return replace(scene, panels=(replace(panel, marks=marks),))


def _classes(session: Session, findings: Findings) -> Shown:
    label, keys = session.display.label, shown_keys(session)
    told = {key: one for key in keys if (one := findings.known(key).telling(label)) is not None and one.classes}
    if not told:
        return _why_nothing(findings.known(session.current), label)
    names = short_names([_name(findings.known(key)) for key in told])
    entries = [ClassEntry(name, one.classes) for name, one in zip(names, told.values(), strict=True)]
    return _with_count(build_class_scene(entries, ""), len(told), len(session.selected))


def _pair(session: Session, known: Known) -> Shown:
    told, pair = pair_prediction(known), session.display.pair
    if told is None:
        return _why_nothing(known, session.display.label)
    missing = [key for key in pair if key not in mixtures(told)]
    if missing or len(pair) != 2 or pair[0] == pair[1]:
        what = f"{told.model} does not tell {label_named(missing[0]).text} of this star. " if missing else ""
        return f"{what}Choose two labels."
    star = session.star(session.current)
    scene = build_pair_scene(told, *pair, "", catalogue=star.catalogue if star else ())
    return replace(scene, panels=tuple(map(_without_legend, scene.panels)))


def _without_legend(panel: Panel) -> Panel:
    """Words above the middle panel would take a third of its room; the panel's tooltip says them."""
    drawn = (mark for mark in panel.marks if isinstance(mark, CurveMark | ContourMark | PointsMark))
    marks = tuple(replace(mark, legend="") for mark in drawn)
    return replace(panel, marks=marks)


def _with_count(scene: Scene, shown: int, selected: int) -> Scene:
    return replace(scene, title=f"{scene.title}   {shown} of {selected} stars") if 1 < selected != shown else scene


def _why_nothing(known: Known, label: str) -> str:
    if known.error is not None:
        return f"{known.error.what} {known.error.why}"
    if known.state != "done":
        return "The networks have not looked at this star yet."
    whys = dict.fromkeys(f"{error.what} {error.why}" for error in known.refusals.values())
    return "\n".join((f"No model tells {label_named(label).text} of this star.", *whys))


def _mixture(known: Known, label: str) -> Mixture | None:
    return next((mixtures(one)[label] for one in known.predictions.values() if label in mixtures(one)), None)


def short_names(names: Sequence[str]) -> list[str]:
    """Without the words that they all begin with: of `LAMOST J12` and `LAMOST J34` the second ones."""
    words = [name.split() for name in names]
    while len(words) > 1 and all(len(one) > 1 and one[0] == words[0][0] for one in words):
        words = [one[1:] for one in words]
    return [" ".join(one) for one in words]


def _name(known: Known) -> str:
    return str(known.row.get("name") or known.key)
