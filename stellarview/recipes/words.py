"""A recipe in words: what each step does, and with which parameters."""

from __future__ import annotations

import dataclasses
import inspect
from typing import Any

from stellarview.recipes.recipe import Recipe
from stellarview.recipes.step import Step

_MOST_VALUES = 6


def recipe_words(recipe: Recipe) -> list[str]:
    """A sentence a step, in order."""
    return [_step_words(step) for step in recipe.steps]


def _step_words(step: Step) -> str:
    about = (inspect.getdoc(step) or step.name).split("\n")[0].rstrip(".")
    parameters = [f"{field.name} {_text(getattr(step, field.name))}" for field in dataclasses.fields(step)]
    return f"{about} ({', '.join(parameters)})" if parameters else about


def _text(value: Any) -> str:
    """Short: a training set's statistics are thousands of numbers."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if dataclasses.is_dataclass(value):
        return " ".join(_text(getattr(value, field.name)) for field in dataclasses.fields(value))
    if not isinstance(value, tuple):
        return str(value)
    if len(value) > _MOST_VALUES and not isinstance(value[0], tuple):
        return f"of {len(value)} values"
    return "; ".join("-".join(map(_text, one)) if isinstance(one, tuple) else _text(one) for one in value)
