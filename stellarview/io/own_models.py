"""The user's own models: kept under a new name, renamed, put into a trash. Those of the program are never touched."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard, is_model_name
from stellarview.io.atomic import write_atomically
from stellarview.io.models import CARD_FILE, WEIGHTS_FILE, find_model, list_models, read_card, read_model
from stellarview.io.user_folders import models_folder

TRASH = ".trash"


def keep_model(name: str, card: ModelCard, files: Mapping[str, bytes]) -> Path:
    """A new model of the user's own, verified before anybody can find it; a name that exists is refused."""
    refuse_name(name)
    root = models_folder()
    try:
        root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=".new-") as part:
            folder = Path(part) / name
            folder.mkdir()
            for file, content in files.items():
                write_atomically(folder / file, content)
            write_atomically(folder / CARD_FILE, card_bytes(replace(card, name=name)))
            read_model(folder)
            folder.rename(root / name)
    except OSError as error:
        raise _system(f"The model {name} cannot be kept.", error) from error
    return root / name


def rename_model(name: str, new_name: str) -> Path:
    """The same model under another name."""
    folder = _own(name)
    card = read_card(folder)
    refuse_name(new_name)
    try:
        target = folder.rename(folder.parent / new_name)
    except OSError as error:
        raise _system(f"The model {name} cannot be renamed.", error) from error
    write_atomically(target / CARD_FILE, card_bytes(replace(card, name=new_name)))
    return target


def delete_model(name: str) -> Path:
    """Into the trash beside the models, from where it can be moved back by hand; where it lies now."""
    folder = _own(name)
    trash = folder.parent / TRASH
    try:
        trash.mkdir(exist_ok=True)
        target = next(path for path in _numbered(trash / folder.name) if not path.exists())
        shutil.move(folder, target)
    except OSError as error:
        raise _system(f"The model {name} cannot be deleted.", error) from error
    return target


def refuse_name(name: str) -> None:
    """A new model needs a name of its own, that of a shipped one included: nothing is replaced in silence."""
    if not is_model_name(name):
        raise StellarViewError(
            f"{name!r} is no name for a model.",
            "A name has small letters, digits, '-', '.' and '_', 64 at most, and begins with a letter or digit.",
            "Choose another name.",
        )
    if name in {folder.name for folder in list_models()} or (models_folder() / name).exists():
        raise StellarViewError(
            f"There is a model {name} already.",
            "Models are never replaced.",
            "Choose another name.",
        )


def own_models() -> list[Path]:
    """The models that may be renamed and deleted."""
    return [folder for folder in list_models() if folder.parent == models_folder()]


def card_bytes(card: ModelCard) -> bytes:
    """A card as it is written."""
    return f"{json.dumps(card.to_json(), indent=1, ensure_ascii=False, allow_nan=False)}\n".encode()


def model_bytes(folder: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Those of these files of a model that are there; its weights must be."""
    try:
        return {
            name: (folder / name).read_bytes() for name in names if name == WEIGHTS_FILE or (folder / name).exists()
        }
    except OSError as error:
        raise _system(f"The model {folder.name} cannot be read.", error) from error


def _own(name: str) -> Path:
    folder = find_model(name)
    if folder not in own_models():
        raise StellarViewError(
            f"{name} is no model of your own.",
            f"Your models are in {models_folder()}; those that came with the program stay as they are.",
            "Choose one of yours: `stellarview models list`.",
        )
    return folder


def _numbered(path: Path) -> list[Path]:
    return [path, *(path.with_name(f"{path.name}.{number}") for number in range(2, 10_000))]


def _system(what: str, error: OSError) -> StellarViewError:
    return StellarViewError(
        what, f"The system says: {error.strerror or error}.", "Look at the folder's rights and room."
    )
