"""Words on paper: lines that fit their room, and letters as large as fit."""

from __future__ import annotations

POINTS_PER_INCH = 72.0
# A letter is about half as wide as it is high.
LETTER_SHARE = 0.55


def wrapped(text: str, width_inch: float, points: float) -> list[str]:
    """Broken between words, as long as the letters are."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font, room = FontProperties(size=points), width_inch * POINTS_PER_INCH
    lines: list[str] = []
    used = room
    for word in text.split(" "):
        width, _, _ = text_to_path.get_text_width_height_descent(f"{word} ", font, ismath=False)
        if not lines or used + width > room:
            lines.append(word)
            used = width
        else:
            lines[-1] += f" {word}"
            used += width
    return lines


def fitting_points(text: str, room_inch: float, points: float, least: float) -> float:
    """The size at which the longest line has room."""
    longest = max(map(len, text.split("\n")))
    return max(min(points, room_inch * POINTS_PER_INCH / (LETTER_SHARE * max(longest, 1))), least)
