"""What marks and panels know of themselves."""

from __future__ import annotations

import pytest

from stellarview.scene.marks import ColourScale, Panel, Scene


@pytest.mark.parametrize(("is_log", "share"), [(False, 1 / 3), (True, 0.5)])
def test_that_a_scale_knows_where_a_value_lies(is_log: bool, share: float) -> None:
    scale = ColourScale("Age (Gyr)", 1.0, 4.0, (1.0, 4.0), is_log)
    assert [scale.share(value) for value in (1.0, 2.0, 4.0)] == pytest.approx([0.0, share, 1.0])


def test_that_only_a_panel_without_words_beside_a_drawn_one_shares_its_axis() -> None:
    limits = (0.0, 1.0)
    full, bare, blank = (Panel((), *words, limits, limits) for words in (("x", "y"), ("x", ""), ("", "")))
    scene = Scene((full, bare, blank, bare, full, full), "", "", columns=2)
    assert [scene.shares_y(place) for place in range(6)] == [False, True, False, False, False, False]
