"""A field of a configuration with its help text, from which forms and documentation are made."""

from __future__ import annotations

import dataclasses
from typing import Any


def setting(default: Any, about: str) -> Any:
    """A dataclass field with a default and a sentence that says what it does."""
    if isinstance(default, dict):
        return dataclasses.field(default_factory=lambda: dict(default), metadata={"about": about})
    return dataclasses.field(default=default, metadata={"about": about})


def about(kind: type[Any], name: str) -> str:
    """The sentence of a field."""
    (field,) = (field for field in dataclasses.fields(kind) if field.name == name)
    return str(field.metadata["about"])


def refuse_unless(holds: bool, why: str) -> None:
    """ValueError where a value makes no sense; who reads a file turns it into an error for its user."""
    if not holds:
        raise ValueError(why)
