"""Names of lines: of the chosen elements, else of what matters most for the label, else of what is seen best."""

from __future__ import annotations

from dataclasses import replace

from stellarview.domain.attribution import LineShare
from stellarview.scene.explanation import names_at
from stellarview.scene.marks import LineLabelMark, Mark
from stellarview.scene.overlays.line_labels import SPACING_SHARE, names
from stellarview.scene.shown import ShownArm
from stellarview.scene.visible_lines import lines_of_elements, visible_lines

_MOST_CHOSEN, _MOST_VISIBLE = 40, 24


def lines(context: ShownArm) -> list[Mark]:
    """Names that do not overlap, with their shares of an explanation where there is one."""
    return list(line_names(context))


def line_names(context: ShownArm) -> list[LineLabelMark]:
    """The names between the limits of the context: fewer limits, more names."""
    view, spacing = context.view, SPACING_SHARE * context.view.columns
    most = _MOST_VISIBLE // view.columns
    if view.choices.elements:
        return names(context, lines_of_elements(context, view.choices.elements), spacing, _MOST_CHOSEN // view.columns)
    if within := _shares_within(context):
        return names_at(list(within.values()), list(within), context.x_limits, spacing_share=spacing)
    return names(context, visible_lines(context), spacing, most)


def _shares_within(context: ShownArm) -> dict[float, LineShare]:
    """What falls to the lines between the limits, by their places; nothing where the network did not look."""
    shares = context.view.explained.lines if context.view.explained is not None else ()
    places = replace(context, lines=tuple(one.line for one in shares)).line_x.tolist()
    low, high = context.x_limits
    return {x: one for x, one in zip(places, shares, strict=True) if low < x < high}
