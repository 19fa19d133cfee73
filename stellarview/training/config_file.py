"""Training configurations as TOML: read strictly, so that a slip of the pen is found before the night is over."""

from __future__ import annotations

import dataclasses
import difflib
import json
import tomllib
import typing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from stellarview.domain.errors import StellarViewError
from stellarview.domain.typed_json import dataclass_from
from stellarview.io.atomic import write_atomically
from stellarview.io.names import display_name
from stellarview.training.augment import augmentations_from
from stellarview.training.config import TrainingConfig


def read_config(path: Path) -> TrainingConfig:
    """The configuration of a file; an unknown word is an error that names the nearest known one."""
    try:
        text = path.read_bytes().decode("utf-8")
        return config_from(tomllib.loads(text))
    except OSError as error:
        raise _refused(path, f"The system says: {error.strerror or error}.") from error
    except (ValueError, TypeError) as error:
        raise _refused(path, f"It is broken: {error}.") from error


def config_from(facts: Mapping[str, Any]) -> TrainingConfig:
    """The configuration that these facts describe; ValueError or TypeError where they do not."""
    _refuse_unknown(TrainingConfig, facts, "")
    missing = [name for name in ("data", "recipe") if name not in facts]
    if missing:
        raise ValueError(f"it has no [{missing[0]}]")
    config = dataclass_from(TrainingConfig, facts, "it")
    augmentations_from(config.augment)
    return config


def config_facts(config: TrainingConfig) -> dict[str, Any]:
    """JSON-ready facts, all of them; `config_from` is the way back."""
    facts: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(config)))
    return facts


def write_config(path: Path, config: TrainingConfig) -> None:
    """Write the whole configuration, defaults included: what a run really did."""
    write_atomically(path, toml_text(config_facts(config)).encode())


def toml_text(facts: Mapping[str, Any]) -> str:
    """Two levels of tables, the rest inline: enough for a configuration."""
    plain = {key: value for key, value in facts.items() if not isinstance(value, Mapping)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for name, table in facts.items():
        if isinstance(table, Mapping):
            lines += ["", f"[{_key(name)}]", *(f"{_key(key)} = {_value(value)}" for key, value in table.items())]
    return "\n".join(lines).lstrip("\n") + "\n"


def nearest(word: str, known: Iterable[str]) -> str:
    """Advice for a word that nobody knows: the likeliest that was meant, or all there are."""
    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.5)
    return f"did you mean {found[0]}?" if found else f"known are {', '.join(known)}"


def _refuse_unknown(kind: type[Any], facts: Any, where: str) -> None:
    if not isinstance(facts, Mapping):
        raise TypeError(f"{where} is {facts!r}, not a table")
    hints = typing.get_type_hints(kind)
    for key, value in facts.items():
        name = f"{where}.{key}" if where else key
        if key not in hints:
            raise ValueError(f"it knows no {name}: {nearest(key, hints)}")
        if dataclasses.is_dataclass(hints[key]):
            _refuse_unknown(typing.cast(type[Any], hints[key]), value, name)


def _key(text: str) -> str:
    return text if text.replace("_", "").replace("-", "").isalnum() and text.isascii() else _value(text)


def _value(value: Any) -> str:
    if isinstance(value, str):  # as JSON, but for the one control character that JSON lets stand
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)} = {_value(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return repr(value)


def _refused(path: Path, why: str) -> StellarViewError:
    return StellarViewError(
        f"The training configuration {display_name(path)} cannot be used.", why, "Correct the file, and start again."
    )
