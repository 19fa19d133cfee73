"""A model as one file: a plain zip of its few files with their checksums, read as a stranger's until all of it fits."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import ModelCard
from stellarview.io.atomic import write_atomically
from stellarview.io.judgements import JUDGEMENT_FILE, parse_judgement
from stellarview.io.models import CARD_FILE, WEIGHTS_FILE, find_model, parse_facts, read_model
from stellarview.io.names import display_name
from stellarview.io.own_models import card_bytes, keep_model, model_bytes, refuse_name
from stellarview.io.references import LARGEST_REFERENCE_BYTES, REFERENCE_FILE, parse_reference

SUMS_FILE = "SHA256SUMS"
# Name -> the most bytes that are read of it. The order is that of the file.
_LIMITS = {
    CARD_FILE: 4 << 20,
    WEIGHTS_FILE: 1 << 30,
    REFERENCE_FILE: LARGEST_REFERENCE_BYTES,
    JUDGEMENT_FILE: 16 << 20,
    SUMS_FILE: 4 << 10,
}
_NEEDED = (CARD_FILE, WEIGHTS_FILE, SUMS_FILE)
_MAGIC, _END, _END_BYTES, _LARGEST_DIRECTORY = b"PK\x03\x04", b"PK\x05\x06", 22, 4096
# All that Python's zip reader says of a broken or hostile file.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OverflowError,
    OSError,
)


def export_model(name_or_folder: str, path: Path) -> Path:
    """Write a model to one file; the same model always gives the same bytes."""
    folder = find_model(name_or_folder)
    card = read_model(folder).card
    files = {CARD_FILE: card_bytes(card), **model_bytes(folder, (WEIGHTS_FILE, REFERENCE_FILE, JUDGEMENT_FILE))}
    files[SUMS_FILE] = _sums(files)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    write_atomically(path, packed.getvalue(), (_MAGIC,))
    return path


def import_model(path: Path, name: str = "") -> Path:
    """A model of the user's own from such a file, under its own or another name, if all of it can be believed."""
    files = read_model_file(path)
    card = ModelCard.from_json(parse_facts(files[CARD_FILE], path.parent / display_name(path)), display_name(path))
    refuse_name(name or card.name)
    if hashlib.sha256(files[WEIGHTS_FILE]).hexdigest() != card.weights_sha256:
        raise _refused(path, "The checksum of its weights is not that of its card.")
    if JUDGEMENT_FILE in files:
        parse_judgement(files[JUDGEMENT_FILE], JUDGEMENT_FILE)
    if REFERENCE_FILE in files:
        parse_reference(files[REFERENCE_FILE], card.weights_sha256, REFERENCE_FILE)
    kept = {file: content for file, content in files.items() if file not in (CARD_FILE, SUMS_FILE)}
    return keep_model(name or card.name, card, kept)


def read_model_file(path: Path) -> dict[str, bytes]:
    """The files in it by name: none unknown, none twice, none packed or too large, all as their checksums say."""
    try:
        with path.open("rb") as stream:
            _check_end(path, stream)
            with zipfile.ZipFile(stream) as archive:
                files = dict(_entries(path, archive))
    except _BROKEN as error:
        why = f"It is damaged: {getattr(error, 'strerror', None) or error or type(error).__name__}."
        raise _refused(path, why) from error
    missing = [name for name in _NEEDED if name not in files]
    if missing:
        raise _refused(path, f"It has no {missing[0]}.")
    if files[SUMS_FILE] != _sums({name: content for name, content in files.items() if name != SUMS_FILE}):
        raise _refused(path, "Its checksums are not those of its files.")
    return files


def _check_end(path: Path, stream: io.BufferedReader) -> None:
    """Before the zip reader sees it: a directory of a million entries would fill the memory."""
    size = stream.seek(0, io.SEEK_END)
    if not _END_BYTES <= size <= sum(_LIMITS.values()):
        raise _refused(path, f"It has {size} bytes, and is no model.")
    stream.seek(size - _END_BYTES)
    end = stream.read(_END_BYTES)
    count, length = int.from_bytes(end[10:12], "little"), int.from_bytes(end[12:16], "little")
    if not end.startswith(_END) or count > len(_LIMITS) or length > _LARGEST_DIRECTORY:
        raise _refused(path, "It is no zip file as `stellarview models export` writes it.")
    stream.seek(0)


def _entries(path: Path, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    seen: set[str] = set()
    for entry in archive.infolist():
        # The name as it stands in the file: Python's reader cuts it at a zero byte.
        if entry.orig_filename not in _LIMITS or entry.orig_filename in seen:
            raise _refused(path, f"It holds {entry.orig_filename!r}, which no model has, or has once.")
        seen.add(entry.orig_filename)
        is_plain = entry.compress_type == zipfile.ZIP_STORED and entry.compress_size == entry.file_size
        if not is_plain or entry.flag_bits & 1:
            raise _refused(path, f"{entry.orig_filename} is packed or encrypted; models are stored as they are.")
        if entry.file_size > _LIMITS[entry.orig_filename]:
            raise _refused(path, f"{entry.orig_filename} is too large.")
        yield entry.orig_filename, archive.read(entry)


def _sums(files: dict[str, bytes]) -> bytes:
    """As `sha256sum` writes them."""
    names = [name for name in _LIMITS if name in files]
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in names).encode()


def _refused(path: Path, why: str) -> StellarViewError:
    return StellarViewError(
        f"{display_name(path)} is refused.", why, "Ask for a file that `stellarview models export` wrote."
    )
