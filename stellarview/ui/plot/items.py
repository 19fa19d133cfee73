"""Which item draws which mark: the table MARKS."""

from __future__ import annotations

from stellarview.scene.marks import (
    BandMark,
    ColouredCurveMark,
    ContourMark,
    CurveMark,
    DensityMark,
    HeatStripMark,
    LineLabelMark,
    Mark,
    PointsMark,
    SpanMark,
)
from stellarview.ui.plot.bands import BandItem
from stellarview.ui.plot.paths import ColouredCurveItem, ContourItem, CurveItem
from stellarview.ui.plot.points import DensityItem, PointsItem
from stellarview.ui.plot.screen import LineLabelItem, SpanItem
from stellarview.ui.plot.strips import HeatStripItem

DataItem = CurveItem | ColouredCurveItem | BandItem | ContourItem | PointsItem | DensityItem
ScreenItem = SpanItem | HeatStripItem | LineLabelItem
MarkItem = DataItem | ScreenItem

# An item that `gathers` draws all marks of its kind in a panel; of the others each mark has its own.
MARKS: dict[type[Mark], type[MarkItem]] = {
    SpanMark: SpanItem,
    HeatStripMark: HeatStripItem,
    DensityMark: DensityItem,
    BandMark: BandItem,
    CurveMark: CurveItem,
    ColouredCurveMark: ColouredCurveItem,
    PointsMark: PointsItem,
    ContourMark: ContourItem,
    LineLabelMark: LineLabelItem,
}
