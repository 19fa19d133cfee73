"""Names of lines: of the chosen elements; else of what stands out in an explanation, and of what is seen best."""

from __future__ import annotations

from dataclasses import replace

from stellarview.domain.attribution import LineShare
from stellarview.scene.explanation import FOOT
from stellarview.scene.marks import LineLabelMark, Mark
from stellarview.scene.overlays.line_labels import SPACING_SHARE, names
from stellarview.scene.shown import ShownArm
from stellarview.scene.visible_lines import Place, lines_of_elements, visible_lines

_MOST_CHOSEN, _MOST_VISIBLE = 40, 24


def lines(context: ShownArm) -> list[Mark]:
    """Names that do not overlap; those that stand out in an explanation with their shares."""
    return list(line_names(context))


def line_names(context: ShownArm) -> list[LineLabelMark]:
    """The names between the limits of the context: fewer limits, more names."""
    view, spacing = context.view, SPACING_SHARE * context.view.columns
    most = _MOST_VISIBLE // view.columns
    if view.choices.elements:
        return names(context, lines_of_elements(context, view.choices.elements), spacing, _MOST_CHOSEN // view.columns)
    told = _told_within(context)
    seen = names(context, [*_places(told), *visible_lines(context)], spacing, most)
    if context.view.explained is None:
        return seen
    return [_with_share(mark, told.get(mark.x)) for mark in seen]


def _places(told: dict[float, LineShare]) -> list[Place]:
    return [(x, one.line) for x, one in told.items()]


def _with_share(mark: LineLabelMark, share: LineShare | None) -> LineLabelMark:
    """The share of a line that stands out; others are only known to be there, and look so."""
    if share is None or share.line.name != mark.text:
        return replace(mark, role="known", foot=FOOT)
    return replace(mark, text=f"{mark.text} {share.share_text}", foot=FOOT)


def _told_within(context: ShownArm) -> dict[float, LineShare]:
    """The lines between the limits that stand out, by their places; nothing where the network did not look."""
    explained = context.view.explained
    shares = [one for one in explained.lines if one.stands_out] if explained is not None else []
    places = replace(context, lines=tuple(one.line for one in shares)).line_x.tolist()
    low, high = context.x_limits
    return {x: one for x, one in zip(places, shares, strict=True) if low < x < high}
