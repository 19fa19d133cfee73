"""What a map of the network says, as colour of the flux itself and as a strip of colours under it."""

from __future__ import annotations

from stellarview.scene.explanation import colour_reach, coloured_words
from stellarview.scene.layers.flux import recorded
from stellarview.scene.marks import ColouredCurveMark, HeatStripMark, Mark
from stellarview.scene.shown import ShownArm

# Values are those of the network's own pixels, wherever they are drawn.
NETWORK_PIXEL = "network pixel"


def cam(context: ShownArm) -> list[Mark]:
    """The flux coloured on the star's own pixels, gaps where the network saw nothing; one scale for all arms."""
    colour, values = context.view.colour, context.colour_values
    if colour is None or values is None:
        return []
    reach, words = colour_reach(colour), coloured_words(colour, NETWORK_PIXEL)
    curve = ColouredCurveMark(context.x, recorded(context), values, reach, words)
    return [HeatStripMark(context.x, values, reach, words), curve]
