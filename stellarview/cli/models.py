"""`stellarview models`: which models are here, what is in their cards, and whether they are what they were."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from stellarview.domain.emulator_card import EmulatorCard
from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.io.emulators import is_emulator, read_emulator, read_emulator_card
from stellarview.io.models import find_model, list_models, read_card, read_model


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """list | show NAME | verify [NAME...], each [--json]"""
    parser.add_argument("action", choices=("list", "show", "verify"))
    parser.add_argument("names", nargs="*", metavar="NAME", help="names or folders of models; all, if none is given")
    parser.add_argument("--json", action="store_true", help="print as JSON")


def run(options: argparse.Namespace) -> int:
    """0 if every model could be read (or, for verify, is sound)."""
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
