"""What is on the screen as a script and as commands: whoever gets these gets the same numbers without the window."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.domain.label_pdf import PLACED_LABELS
from stellarview.session.session import Session, StarEntry

_COADD = ("", "coadd")
_WORKFLOW, _SETS = "stellarview.workflow", "stellarview.io.sets"


def as_python(session: Session, model: str, outputs: Collection[str]) -> str:
    """A script for the star that is looked at: what the model tells, why, and the star's place.

    `model` is the name or folder of the model in use, `outputs` are its labels and classes (`ModelCard.outputs`).
    """
    star, label = _current(session), session.display.label
    parts = [_reading(star), _velocity(star), _prediction(model)]
    if label in outputs:
        parts.append(_explanation(label))
    if set(PLACED_LABELS) <= set(outputs):
        parts.append(_placement())
    if star.edits:
        parts.append(_what_if(star.edits))
    return "\n".join([*_import_lines(parts), "", *(line for part in parts for line in part.lines)]) + "\n"


def as_commands(session: Session, model: str, outputs: Collection[str]) -> str:
    """The same as lines for a shell; what the command line cannot say is a comment."""
    star, label = _current(session), session.display.label
    return "\n".join(_commands(star, label, model, outputs)) + "\n"


def _current(session: Session) -> StarEntry:
    star = session.star(session.current)
    if star is None:
        raise StellarViewError("There is nothing to copy.", "No star is chosen.", "Choose a star.")
    return star


@dataclass(frozen=True)
class _Part:
    """Some lines of a script, and the names that they need, by module."""

    imports: Mapping[str, tuple[str, ...]]
    lines: tuple[str, ...] = ()


def _import_lines(parts: Sequence[_Part]) -> list[str]:
    modules = sorted({module for part in parts for module in part.imports})
    names = {module: sorted({name for part in parts for name in part.imports.get(module, ())}) for module in modules}
    return [f"from {module} import {', '.join(names[module])}" for module in modules]


def _reading(star: StarEntry) -> _Part:
    if star.row >= 0:
        opening = f"with open_spectrum_set({star.path!r}) as spectra:"
        return _Part({_SETS: ("open_spectrum_set",)}, (opening, f"    spectrum = spectra[{star.row}]"))
    exposure = "" if star.exposure in _COADD else f", exposure={star.exposure!r}"
    return _Part({_WORKFLOW: ("open_spectrum",)}, (f"spectrum = open_spectrum({star.path!r}{exposure})",))


def _velocity(star: StarEntry) -> _Part:
    if star.user_km_s is None:
        return _Part({})
    line = f"spectrum = with_velocity(spectrum, {star.user_km_s!r})  # km/s"
    return _Part({_WORKFLOW: ("with_velocity",)}, (line,))


def _prediction(model: str) -> _Part:
    return _Part(
        {_WORKFLOW: ("load_model", "predict")},
        (
            f"model = load_model({model!r})",
            "(prediction,) = predict([spectrum], model)",
            "if isinstance(prediction, Exception):",
            "    raise prediction",
            "for key, label in prediction.labels.items():",
            '    parts = f"noise {label.aleatoric:.2g}, members {label.epistemic:.2g}, synthesis {label.misfit:.2g}"',
            '    print(f"{key}: {label.mean:.5g} +- {label.sigma:.2g} ({parts})")',
            "for kind in prediction.classes:",
            '    print(f"{kind.name}: {kind.probability:.4f} +- {kind.scatter:.4f}")',
            "for flag in prediction.flags:",
            "    print(flag)",
        ),
    )


def _explanation(label: str) -> _Part:
    return _Part(
        {
            "pathlib": ("Path",),
            _WORKFLOW: ("explain", "explanation_scene"),
            "stellarview.scene.figure": ("save_figure",),
        },
        (
            "",
            f"explained = explain(spectrum, model, {label!r})",
            "for line in explained.lines[:10]:",
            "    print(line.sentence)",
            f"save_figure(explanation_scene(explained), Path({_figure(label)!r}))",
        ),
    )


def _placement() -> _Part:
    return _Part(
        {"stellarview.domain.label_pdf": ("predicted_labels",), _WORKFLOW: ("place",)},
        (
            "",
            "(placement,) = place([predicted_labels(prediction.labels, prediction.model)])",
            "for verdict in placement.verdicts:",
            "    print(verdict)",
            "age = placement.age_gyr",
            'print(f"age {age.median:.3g} Gyr ({age.low:.3g} to {age.high:.3g})")',
        ),
    )


def _what_if(edits: tuple[Edit, ...]) -> _Part:
    return _Part(
        {"stellarview.domain.edit": ("Edit",), "stellarview.what_if": ("what_if",)},
        (
            "",
            "edits = [",
            *(f"    {edit!r}," for edit in edits),
            "]",
            "answer = what_if(spectrum, model, edits)",
            "for key in answer.keys:",
            '    print(f"what if: {answer.sentence(key)}")',
        ),
    )


def _commands(star: StarEntry, label: str, model: str, outputs: Collection[str]) -> Iterator[str]:
    velocity = [] if star.user_km_s is None else [f"--rv={star.user_km_s!r}"]
    if star.row >= 0:
        yield f"# Row {star.row}, counted from 0, is the star on the screen: single rows are explained by Python alone."
        yield _line("predict", star.path, "--model", model, *velocity)
    elif star.exposure not in _COADD:
        yield "# Of a single exposure the command line tells what an answer rests on; Python tells the answer, too."
        yield from _explain(star, label, model, outputs, ["--exposure", star.exposure, *velocity])
    else:
        yield _line("predict", star.path, "--model", model, *velocity)
        yield from _explain(star, label, model, outputs, velocity)
        if set(PLACED_LABELS) <= set(outputs) and not velocity:
            yield _line("place", star.path, "--model", model)
    if star.edits:
        yield "# The edits are known to Python alone."


def _explain(star: StarEntry, label: str, model: str, outputs: Collection[str], options: list[str]) -> Iterator[str]:
    if label in outputs:
        named = ["--model", model, "--label", label]
        yield _line("explain", star.path, *named, *options, "--figure", _figure(label))


def _line(command: str, path: str, *words: str) -> str:
    return shlex.join(["stellarview", command, path, *words])


def _figure(label: str) -> str:
    """A name for the figure that is one on every system."""
    return "".join(letter if letter.isalnum() else "-" for letter in label) + ".pdf"
