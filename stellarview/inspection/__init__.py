"""Everything about one star, as the window and the report show it: all usual models, one label explained, its place."""

from __future__ import annotations

from stellarview.inspection.star import (
    TASKS,
    Inspection,
    Task,
    at_velocity,
    colour_method,
    explain_star,
    flags_about,
    inspect_star,
    models_for,
    place_star,
    predict_star,
)
from stellarview.inspection.summary import best_snr, doubts, failed_row, star_name, summary_columns, summary_row

__all__ = [
    "TASKS",
    "Inspection",
    "Task",
    "at_velocity",
    "best_snr",
    "colour_method",
    "doubts",
    "explain_star",
    "failed_row",
    "flags_about",
    "inspect_star",
    "models_for",
    "place_star",
    "predict_star",
    "star_name",
    "summary_columns",
    "summary_row",
]
