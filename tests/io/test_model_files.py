"""A model as one file: what goes out comes in, and whatever else a stranger sends does not."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale, ModelCard
from stellarview.io.model_files import export_model, import_model, read_model_file
from stellarview.io.models import read_model, write_model
from stellarview.io.references import write_reference

CARD = ModelCard(
    "toy", "a toy", "StarNet", {"input_length": 64}, {"name": "toy", "steps": []}, "LRS", 2,
    labels=(LabelScale("teff", 5500.0, 800.0, 3800.0, 7500.0),),
)  # fmt: skip


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "toy"
    card = write_model(folder, CARD, {"members.weight": np.arange(12, dtype=np.float32).reshape(2, 6)})
    write_reference(folder, card.weights_sha256, np.ones((3, 4)))
    (folder / "notes.txt").write_text("private", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def exported(model: Path) -> bytes:
    return export_model(str(model), model.parent / "toy.zip").read_bytes()


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def files_of(exported: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(exported)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes], *, way: int = zipfile.ZIP_STORED, sums: bool = True) -> bytes:
    """A zip of these files with checksums that fit."""
    known = {name: content for name, content in files.items() if name != "SHA256SUMS"}
    lines = "".join(f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in known.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", way) as archive:
        for name, content in [*known.items(), *([("SHA256SUMS", lines.encode())] if sums else [])]:
            archive.writestr(name, content)
    return buffer.getvalue()


def test_that_a_model_comes_in_as_it_went_out(model: Path, exported: bytes, tmp_path: Path, root: Path) -> None:
    (tmp_path / "a.zip").write_bytes(exported)
    folder = import_model(tmp_path / "a.zip")
    assert folder == root / "toy"
    assert read_model(folder).card == read_model(model).card
    assert (folder / "reference.safetensors").read_bytes() == (model / "reference.safetensors").read_bytes()
    assert not (folder / "notes.txt").exists()
    assert read_model(import_model(tmp_path / "a.zip", "other")).card.name == "other"
    with pytest.raises(StellarViewError, match="never replaced"):
        import_model(tmp_path / "a.zip")


def test_that_the_same_model_gives_the_same_file(model: Path, exported: bytes, tmp_path: Path) -> None:
    assert export_model(str(model), tmp_path / "again.zip").read_bytes() == exported
    (tmp_path / "text.zip").write_text("precious", encoding="utf-8")
    with pytest.raises(StellarViewError, match="another kind"):
        export_model(str(model), tmp_path / "text.zip")


def other(files: dict[str, bytes], **changes: bytes) -> dict[str, bytes]:
    names = {"card": "card.json", "weights": "weights.safetensors"}
    return files | {names.get(name, name): content for name, content in changes.items()}


STRANGE = {
    "a path out of the folder": lambda f: packed({**f, "../evil.py": b"x"}),
    "a path from the root": lambda f: packed({**f, "/etc/passwd": b"x"}),
    "a folder": lambda f: packed({**f, "sub/card.json": b"x"}),
    "an unknown file": lambda f: packed({**f, "weights.pkl": b"x"}),
    "packed files (a bomb)": lambda f: packed({**f, "weights.safetensors": b"\0" * 10**6}, way=zipfile.ZIP_DEFLATED),
    "packed files (lzma)": lambda f: packed(f, way=zipfile.ZIP_LZMA),
    "no weights": lambda f: packed({"card.json": f["card.json"]}),
    "no card": lambda f: packed({"weights.safetensors": f["weights.safetensors"]}),
    "no checksums": lambda f: packed(f, sums=False),
    "other weights": lambda f: packed(other(f, weights=f["weights.safetensors"][:-1] + b"\x01")),
    "weights that are a pickle": lambda f: packed(other(f, weights=b"\x80\x04cos\nsystem\n(S'true'\ntR.")),
    "a card that is no JSON": lambda f: packed(other(f, card=b"card")),
    "a card with a surprise": lambda f: packed(other(f, card=f["card.json"].replace(b'"about"', b'"abuot"'))),
    "a card named outward": lambda f: packed(other(f, card=f["card.json"].replace(b'"toy"', b'"../toy"'))),
    "a judgement that is none": lambda f: packed({**f, "judgement.json": b"{}"}),
    "many entries": lambda f: packed({f"{number}": b"" for number in range(2000)}),
    "an end that lies": lambda f: packed(f)[:-22] + b"PK\x05\x06" + b"\xff" * 18,
    "nothing": lambda f: b"",
    "another file": lambda f: b"SIMPLE  =                    T" + b" " * 3000,
}


@pytest.mark.parametrize("name", STRANGE)
def test_that_a_strange_file_is_refused_and_leaves_nothing(
    name: str, exported: bytes, tmp_path: Path, root: Path
) -> None:
    (tmp_path / "a.zip").write_bytes(STRANGE[name](files_of(exported)))
    with pytest.raises(StellarViewError) as caught:
        import_model(tmp_path / "a.zip")
    assert all(caught.value.as_dict().values())
    assert not root.exists() or list(root.iterdir()) == []
    assert {path.name for path in tmp_path.iterdir()} <= {"a.zip", "models"}


def test_that_a_file_with_a_name_twice_is_refused(exported: bytes, tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with pytest.warns(UserWarning, match="Duplicate name"), zipfile.ZipFile(buffer, "w") as archive:
        for name, content in [*files_of(exported).items(), ("card.json", b"{}")][1:]:
            archive.writestr(name, content)
            archive.writestr(name, content) if name == "SHA256SUMS" else None
    (tmp_path / "a.zip").write_bytes(buffer.getvalue())
    with pytest.raises(StellarViewError, match="or has once"):
        read_model_file(tmp_path / "a.zip")


def test_that_a_huge_file_is_not_even_opened_as_a_zip(tmp_path: Path) -> None:
    with (tmp_path / "a.zip").open("wb") as file:
        file.truncate(3 << 30)  # of holes: it takes no room
    with pytest.raises(StellarViewError, match="is no model"):
        read_model_file(tmp_path / "a.zip")


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=4),
    cut=st.integers(0, 100),
    tail=st.binary(max_size=9),
)
def test_that_damage_is_refused_in_words_or_does_no_harm(
    flips: list[tuple[int, int]], cut: int, tail: bytes, exported: bytes, tmp_path: Path
) -> None:
    damaged = bytearray(exported)
    for place, value in flips:
        damaged[-1 - place % len(damaged)] = value
    (tmp_path / "a.zip").write_bytes(bytes(damaged[: len(damaged) - cut]) + tail)
    try:
        files = read_model_file(tmp_path / "a.zip")
    except StellarViewError:
        return
    assert files == files_of(exported)  # what is no content, the date of an entry for example, may differ
