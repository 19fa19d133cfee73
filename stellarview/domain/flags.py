"""Flags of predictions that speak of one label."""

from __future__ import annotations

from stellarview.domain.labels import label_named
from stellarview.domain.prediction import Prediction

PRIOR_DOMINATED = "prior-dominated"


def flags_about(prediction: Prediction, key: str) -> tuple[str, ...]:
    """The flags that speak of this label and of no other, without its name."""
    text = label_named(key).text
    element = text.strip("[]").split("/")[0]
    about = []
    for flag in prediction.flags:
        kind, _, of_what = flag.partition(": ")
        if kind == PRIOR_DOMINATED and element in of_what.split(", "):
            about.append(kind)
        elif of_what.startswith(f"{text} "):
            about.append(f"{kind}: {of_what.removeprefix(f'{text} ')}")
    return tuple(about)
