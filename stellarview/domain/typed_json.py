"""JSON values as the fields of a dataclass, types checked: what a stranger's file says is not believed unread."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

_Kind = TypeVar("_Kind")


def dataclass_from(kind: type[_Kind], facts: Mapping[str, Any], where: str) -> _Kind:
    """The dataclass that these facts describe; ValueError or TypeError where they do not."""
    if not isinstance(facts, Mapping):
        raise TypeError(f"{where} is {facts!r}, not an object")
    hints = _hints(kind)  # type: ignore[arg-type]
    unknown = sorted(str(key) for key in set(facts) - set(hints))
    if unknown:
        raise ValueError(f"{where} has no parameter {', '.join(unknown)}")
    return kind(**{key: typed(value, hints[key], f"{where}.{key}") for key, value in facts.items()})


@lru_cache
def _hints(kind: type) -> dict[str, Any]:
    """Field -> type. Worked out once: a session has a hundred thousand stars of one kind."""
    hints = typing.get_type_hints(kind)
    return {field.name: hints[field.name] for field in dataclasses.fields(kind)}


def typed(value: Any, hint: Any, where: str) -> Any:
    """A JSON value as the field's type: lists become tuples, objects become dataclasses, the rest must match."""
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is tuple:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{where} is {value!r}, not a list")
        return tuple(typed(item, inner[0], where) for item in value)
    if origin is Mapping:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise ValueError(f"{where} is {value!r}, not an object")
        return dict(value)
    if origin is typing.Literal:
        if value not in inner:
            raise ValueError(f"{where} is {value!r}, not one of {inner}")
        return value
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return dataclass_from(hint, value, where)
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is int and isinstance(value, bool)):
        raise ValueError(f"{where} is {value!r}, not {hint.__name__}")
    return value


def json_facts(value: Any) -> Any:
    """What `dataclass_from` makes this of again, JSON-ready: fields that are as empty as by default are left out."""
    if dataclasses.is_dataclass(value):
        fields = ((field, getattr(value, field.name)) for field in dataclasses.fields(value))
        return {field.name: json_facts(held) for field, held in fields if held not in ("", ()) or held != field.default}
    return [json_facts(item) for item in value] if isinstance(value, tuple) else value
