"""Session files: everything comes back, moved files are found, damage is refused with a reason."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stellarview.domain.edit import Edit
from stellarview.domain.errors import StellarViewError
from stellarview.session.session import CatalogueValue, Display, HrChoices, ModelChoice, Session, StarEntry
from stellarview.session.store import (
    MIGRATIONS,
    VERSION,
    find_files,
    is_session,
    load_session,
    migrated,
    save_in_place,
    save_session,
)

CONTENT = b"SIMPLE  = a spectrum"
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def spectrum(path: Path, content: bytes = CONTENT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def session_of(*paths: Path, sha256: str = SHA256) -> Session:
    return Session().with_stars([StarEntry("", str(path), sha256=sha256) for path in paths])


FULL = Session(
    stars=(
        StarEntry(
            "3",
            "/nights/星/spec é.fits",
            7,
            "58268",
            SHA256,
            (-23.4,),
            (Edit(5167.0, 5190.0, "scale", 0.5, "Mg b"), Edit(6560.0, 6570.0)),
            "a note\nof two lines",
            (CatalogueValue("teff", 5772.0, 10.0, "labels.csv"), CatalogueValue("feh", 0.0)),
        ),
        StarEntry("12", "/nights/b.fits"),
    ),
    next_key=13,
    current="12",
    selected=("3", "12"),
    ghost="3",
    filter="teff > 5000",
    sort_by="snr",
    sort_descending=True,
    display=Display("feh", "as observed", "nm", "air", "observed", 5, (), ("Mg", "Fe"), ("B",)),
    hr=HrChoices((1.0, 5.0), (-0.5,), "luminosity"),
    models=(ModelChoice("LRS:labels", "lrs-stellar"),),
)


@pytest.mark.parametrize("session", [FULL, Session()], ids=["full", "empty"])
def test_that_a_session_comes_back_as_it_was(tmp_path: Path, session: Session) -> None:
    save_session(session, tmp_path / "s.stellarview")
    assert load_session(tmp_path / "s.stellarview").session == session


def test_that_a_row_of_a_list_left_empty_stays_empty(tmp_path: Path) -> None:
    """An empty list is not the default of layers, and must not become it."""
    save_session(replace(Session(), display=Display(layers=())), tmp_path / "s.stellarview")
    assert load_session(tmp_path / "s.stellarview").session.display.layers == ()


def test_that_a_name_that_is_no_text_comes_back(tmp_path: Path) -> None:
    star = StarEntry("1", os.fsdecode(b"/nights/\xff\xfe.fits"))
    save_session(Session(stars=(star,), next_key=2), tmp_path / "s.stellarview")
    assert load_session(tmp_path / "s.stellarview").session.stars == (star,)


def test_that_a_folder_moves_as_a_whole(tmp_path: Path) -> None:
    old = tmp_path / "old"
    session = session_of(spectrum(old / "beside.fits"), spectrum(old / "deep" / "er" / "below.fits"))
    save_session(session, old / "s.stellarview")
    paths = [star["path"] for star in json.loads((old / "s.stellarview").read_bytes())["session"]["stars"]]
    assert paths == ["beside.fits", "deep/er/below.fits"]
    old.rename(tmp_path / "new")
    loaded = load_session(tmp_path / "new" / "s.stellarview")
    assert loaded.missing == ()
    assert all(Path(star.path).is_relative_to(tmp_path / "new") for star in loaded.session.stars)


def test_that_files_elsewhere_keep_their_full_path(tmp_path: Path) -> None:
    session = session_of(spectrum(tmp_path / "data" / "a.fits"))
    (tmp_path / "work").mkdir()
    save_session(session, tmp_path / "work" / "s.stellarview")
    (tmp_path / "work").rename(tmp_path / "elsewhere")
    assert load_session(tmp_path / "elsewhere" / "s.stellarview").session == session


MOVES = {
    "beside the session": "work/a.fits",
    "below the session": "work/nights/one/a.fits",
    "where another star is": "data/a.fits",
}


@pytest.mark.parametrize("new", MOVES.values(), ids=MOVES)
def test_that_a_moved_file_is_found_by_name_and_checksum(tmp_path: Path, new: str) -> None:
    first, other = spectrum(tmp_path / "first" / "a.fits"), spectrum(tmp_path / "data" / "b.fits")
    (tmp_path / "work").mkdir()
    save_session(session_of(first, other), tmp_path / "work" / "s.stellarview")
    spectrum(tmp_path / "work" / "other" / "a.fits", b"of the same name, but another star")
    (tmp_path / new).parent.mkdir(parents=True, exist_ok=True)
    first.rename(tmp_path / new)
    loaded = load_session(tmp_path / "work" / "s.stellarview")
    assert loaded.missing == ()
    assert loaded.session.stars[0].path == str(tmp_path / new)


def test_that_another_file_of_the_name_is_not_taken_for_it(tmp_path: Path) -> None:
    lost = spectrum(tmp_path / "first" / "a.fits")
    save_session(session_of(lost), tmp_path / "s.stellarview")
    lost.unlink()
    spectrum(tmp_path / "a.fits", b"another star")
    loaded = load_session(tmp_path / "s.stellarview")
    assert loaded.missing == ("1",)
    assert loaded.session.stars[0].path == str(lost)


@pytest.mark.parametrize(("copies", "missing"), [(1, ()), (2, ("1",))])
def test_that_without_a_checksum_only_one_file_of_the_name_will_do(
    tmp_path: Path, copies: int, missing: tuple[str, ...]
) -> None:
    save_session(session_of(tmp_path / "first" / "a.fits", sha256=""), tmp_path / "s.stellarview")
    for copy in range(copies):
        spectrum(tmp_path / str(copy) / "a.fits")
    assert load_session(tmp_path / "s.stellarview").missing == missing


def test_that_rows_of_a_moved_set_are_found_though_their_checksums_are_of_other_files(tmp_path: Path) -> None:
    rows = [StarEntry("", str(tmp_path / "first" / "night.h5"), row, sha256="ab" * 32) for row in range(3)]
    save_session(Session().with_stars(rows), tmp_path / "s.stellarview")
    spectrum(tmp_path / "sets" / "night.h5")
    loaded = load_session(tmp_path / "s.stellarview")
    assert loaded.missing == ()
    assert {star.path for star in loaded.session.stars} == {str(tmp_path / "sets" / "night.h5")}


def test_that_the_user_can_say_where_lost_files_are(tmp_path: Path) -> None:
    session = session_of(tmp_path / "gone" / "a.fits", tmp_path / "gone" / "b.fits")
    spectrum(tmp_path / "archive" / "deep" / "a.fits")
    found = find_files(session, tmp_path / "archive")
    assert found.missing == ("2",)
    assert found.session.stars[0].path == str(tmp_path / "archive" / "deep" / "a.fits")


def test_that_a_path_of_windows_is_looked_for_by_its_name(tmp_path: Path) -> None:
    save_in_place(session_of(Path("x")), tmp_path / "s.stellarview")
    text = (tmp_path / "s.stellarview").read_text(encoding="ascii").replace('"x"', '"C:\\\\nights\\\\a.fits"')
    (tmp_path / "s.stellarview").write_text(text, encoding="ascii")
    assert load_session(tmp_path / "s.stellarview").session.stars[0].path == "C:\\nights\\a.fits"
    moved = spectrum(tmp_path / "a.fits")
    assert load_session(tmp_path / "s.stellarview").session.stars[0].path == str(moved)


def stored(change: Callable[[dict[str, Any]], Any]) -> bytes:
    facts: dict[str, Any] = {"stellarview_session": 1, "session": {"stars": [{"key": "1", "path": "a.fits"}]}}
    changed = change(facts)
    return json.dumps(facts if changed is None else changed).encode()


def star(**facts: Any) -> bytes:
    return stored(lambda told: told["session"]["stars"][0].update(facts))


DAMAGED = {
    "no JSON": b"{'a': 1}",
    "empty": b"",
    "half": stored(lambda told: None)[:-10],
    "no text": b"\xff\xfe\x00",
    "a list": b"[]",
    "no version": stored(lambda told: told.pop("stellarview_session") and None),
    "version 0": stored(lambda told: told.update(stellarview_session=0)),
    "version true": stored(lambda told: told.update(stellarview_session=True)),
    "a newer version": stored(lambda told: told.update(stellarview_session=VERSION + 1)),
    "no session": stored(lambda told: told.pop("session") and None),
    "unknown field": star(pickle="cos\nsystem"),
    "no path": stored(lambda told: told["session"]["stars"][0].pop("path") and None),
    "empty path": star(path=""),
    "path with a null": star(path="a\0b"),
    "path a number": star(path=5),
    "row true": star(row=True),
    "row -2": star(row=-2),
    "two velocities": star(rv_km_s=[1.0, 2.0]),
    "velocity too large": star(rv_km_s=[10**400]),
    "velocity NaN": star(rv_km_s=[float("nan")]),
    "velocity infinite": star().replace(b'"a.fits"', b'"a.fits", "rv_km_s": [1e999]'),
    "an edit of no kind": star(edits=[{"start_angstrom": 1.0, "stop_angstrom": 2.0, "kind": "burn"}]),
    "two stars of one key": stored(lambda told: told["session"].update(stars=[{"key": "1", "path": "a"}] * 2)),
    "nested too deeply": b"[" * 100_000,
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED)
def test_that_a_damaged_session_is_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.stellarview"
    path.write_bytes(content)
    with pytest.raises(StellarViewError, match=r"s\.stellarview"):
        load_session(path)


@given(cut=st.integers(0, 2000), byte=st.integers(0, 255))
def test_that_a_changed_byte_gives_a_session_or_a_reason(
    tmp_path_factory: pytest.TempPathFactory, cut: int, byte: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "changed.stellarview"
    path.unlink(missing_ok=True)
    save_session(FULL, path)
    content = bytearray(path.read_bytes())
    content[cut % len(content)] = byte
    path.write_bytes(content)
    try:
        assert isinstance(load_session(path).session, Session)
    except StellarViewError:
        return


def test_that_names_of_stars_that_are_not_there_are_dropped(tmp_path: Path) -> None:
    facts = {"stars": [{"key": "7", "path": "a.fits"}], "current": "9", "selected": ["9", "7"], "ghost": "9"}
    (tmp_path / "s.stellarview").write_text(json.dumps({"stellarview_session": 1, "session": facts}), "utf-8")
    session = load_session(tmp_path / "s.stellarview").session
    assert (session.current, session.selected, session.ghost, session.next_key) == ("7", ("7",), "", 8)


def test_that_a_session_of_older_versions_is_brought_up_step_by_step() -> None:
    migrations: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
        1: lambda facts: {**facts, "steps": [*facts.get("steps", []), 1]},
        2: lambda facts: {**facts, "steps": [*facts.get("steps", []), 2]},
    }
    assert migrated({"a": 0}, 1, migrations, newest=3) == {"a": 0, "steps": [1, 2]}
    assert migrated({"a": 0}, 2, migrations, newest=3) == {"a": 0, "steps": [2]}
    assert migrated({"a": 0}, 3, migrations, newest=3) == {"a": 0}


def test_that_every_older_version_has_its_migration() -> None:
    assert sorted(MIGRATIONS) == list(range(1, VERSION))


def test_that_a_session_never_replaces_a_file_of_another_kind(tmp_path: Path) -> None:
    target = spectrum(tmp_path / "a.fits")
    with pytest.raises(StellarViewError, match="Cannot write"):
        save_session(Session(), target)
    assert target.read_bytes() == CONTENT


def test_that_a_value_that_is_no_number_is_refused_and_the_older_session_stays(tmp_path: Path) -> None:
    save_session(FULL, tmp_path / "s.stellarview")
    broken = Session().with_stars([StarEntry("", "a", catalogue=(CatalogueValue("teff", float("nan")),))])
    with pytest.raises(StellarViewError, match="no number"):
        save_session(broken, tmp_path / "s.stellarview")
    assert load_session(tmp_path / "s.stellarview").session == FULL


def test_that_a_session_is_told_by_its_name_or_by_how_it_begins(tmp_path: Path) -> None:
    save_session(FULL, tmp_path / "s.stellarview")
    shutil.copy(tmp_path / "s.stellarview", tmp_path / "renamed.json")
    assert is_session(tmp_path / "renamed.json")
    assert is_session(tmp_path / "not there.StellarView")
    assert not is_session(spectrum(tmp_path / "a.fits"))
    assert not is_session(tmp_path / "not there.fits")
