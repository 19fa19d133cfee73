"""Names of lines: of the chosen elements, else of what matters most for the label, else of what is seen best."""

from __future__ import annotations

from dataclasses import replace

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
    if view.explained is not None and view.explained.lines:
        shares = view.explained.lines
        of_shares = replace(context, lines=tuple(one.line for one in shares))
        return names_at(shares, of_shares.line_x.tolist(), context.x_limits, spacing_share=spacing)
    return names(context, visible_lines(context), spacing, most)
