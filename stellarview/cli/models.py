"""`stellarview models`: which models are here and whether they are sound; keep, rename, delete, and pass them on."""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stellarview.domain.emulator_card import EmulatorCard
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.io.emulators import is_emulator, read_emulator, read_emulator_card
from stellarview.io.model_files import export_model, import_model
from stellarview.io.models import find_model, list_models, read_card, read_model
from stellarview.io.own_models import delete_model, rename_model


@dataclass(frozen=True)
class Change:
    """What changes the user's own models: what it is given, the least and the most of it, and its work in words."""

    given: str
    least: int
    most: int
    work: Callable[..., str]


def _promote(run_folder: str, name: str) -> str:
    from stellarview.training.keep import promote

    return f"{promote(Path(run_folder), name)}  kept; use it as --model {name}"


def _rename(name: str, new_name: str) -> str:
    return f"{rename_model(name, new_name)}  renamed"


def _delete(*names: str) -> str:
    return "\n".join(f"{name} lies in {delete_model(name)} now" for name in names)


def _export(name: str, path: str) -> str:
    return f"{export_model(name, Path(path))}  written"


def _import(path: str, name: str = "") -> str:
    return f"{import_model(Path(path), name)}  imported"


CHANGES: dict[str, Change] = {
    "promote": Change("RUN NAME", 2, 2, _promote),
    "rename": Change("NAME NEW_NAME", 2, 2, _rename),
    "delete": Change("NAME...", 1, 1000, _delete),
    "export": Change("NAME FILE.zip", 2, 2, _export),
    "import": Change("FILE.zip [NAME]", 1, 2, _import),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | show NAME | verify [NAME...], each [--json]; and what CHANGES says"""
    words = ", ".join(f"{name} {change.given}" for name, change in CHANGES.items())
    parser.add_argument("action", choices=("list", "show", "verify", *CHANGES), help=f"{words} (your own models alone)")
    parser.add_argument("names", nargs="*", metavar="NAME", help="names or folders of models; all, if none is given")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """0 if every model could be read (or, for verify, is sound)."""
    if options.action in CHANGES:
        return _change(options)
    folders = [find_model(name) for name in options.names] or list_models()
    facts = [_facts(folder, verify=options.action == "verify") for folder in folders]
    if options.json:
        print(json.dumps(facts, indent=1, ensure_ascii=False))
    elif options.action == "show":
        print(json.dumps([entry.get("card", entry) for entry in facts], indent=1, ensure_ascii=False))
    else:
        for entry in facts:
            print(_line(entry))
        if not facts:
            print("No model is installed.")
    return int(any("error" in entry for entry in facts))


def _change(options: argparse.Namespace) -> int:
    change = CHANGES[options.action]
    if not change.least <= len(options.names) <= change.most:
        raise StellarViewError(
            f"It is not clear what to {options.action}.",
            f"{len(options.names)} words were given.",
            f"Write `stellarview models {options.action} {change.given}`.",
        )
    words = change.work(*options.names)
    print(json.dumps({options.action: words}, ensure_ascii=False) if options.json else words)
    return 0


def _facts(folder: Path, *, verify: bool) -> dict[str, Any]:
    try:
        card = _card(folder, verify=verify)
    except StellarViewError as error:
        return {"name": folder.name, "folder": str(folder), "error": error.as_dict()}
    return {"name": card.name, "folder": str(folder), "card": card.to_json(), "verified": verify, "about": _about(card)}


def _card(folder: Path, *, verify: bool) -> ModelCard | EmulatorCard:
    if is_emulator(folder):
        return read_emulator(folder).card if verify else read_emulator_card(folder)
    return read_model(folder).card if verify else read_card(folder)


def _about(card: ModelCard | EmulatorCard) -> str:
    if isinstance(card, EmulatorCard):
        return (
            f"emulator, {card.instrument}: spectra from {', '.join(label.key for label in card.labels)}. {card.about}"
        )
    return f"{card.architecture} x {card.members}, {card.instrument}: {', '.join(card.outputs)}. {card.about}"


def _line(entry: dict[str, Any]) -> str:
    if "error" in entry:
        return f"{entry['name']:<20} REFUSED   {entry['error']['why']}"
    return f"{entry['name']:<20} {'verified' if entry['verified'] else 'present':<9} {entry['about']}"
