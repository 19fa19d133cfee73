"""Whatever is dropped, pasted or handed over becomes rows, a session or one message; nothing of it holds the window."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from stellarview.app import Program
from stellarview.session.store import load_session, save_session

EXAMPLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "examples").glob("*.fits.gz"))
PATIENCE_MS = 300_000


def of_files(*paths: Path | str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def of_text(text: str) -> QMimeData:
    data = QMimeData()
    data.setText(text)
    return data


def drop(program: Program, data: QMimeData) -> None:
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    before = program.desk.workspace.session
    event = QDropEvent(QPointF(300, 300), Qt.DropAction.CopyAction, data, buttons, keys)
    program.window.dropEvent(event)
    assert event.isAccepted()
    assert program.desk.workspace.session is before  # it returned before anything was read


def settled(qtbot: QtBot, program: Program, count: int) -> list[str]:
    """The states of all stars, once there are so many and all are looked at."""
    known, workspace = program.desk.findings.known, program.desk.workspace

    def states() -> list[str]:
        return [known(star.key).state for star in workspace.session.stars]

    qtbot.waitUntil(lambda: len(states()) == count and {*states()} <= {"done", "failed"}, timeout=PATIENCE_MS)
    return states()


def said(qtbot: QtBot, program: Program, words: str) -> None:
    qtbot.waitUntil(lambda: any(words in line for line in program.desk.messages.log), timeout=PATIENCE_MS)


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Two spectra under names of another alphabet."""
    place = tmp_path / "恒星 Ünïcode"
    place.mkdir()
    for number, example in enumerate(EXAMPLES):
        shutil.copy(example, place / f"звезда {number} ñ.fits.gz")
    return place


def test_that_a_folder_of_any_alphabet_becomes_rows(qtbot: QtBot, program: Program, folder: Path) -> None:
    drop(program, of_files(folder))
    assert settled(qtbot, program, 2) == ["done", "done"]
    assert program.desk.preferences.settings.recent_files[0] == str(folder)


def test_that_damaged_vanished_and_plain_wrong_files_are_rows_with_their_reason(
    qtbot: QtBot, program: Program, tmp_path: Path
) -> None:
    damaged, wrong = tmp_path / "spec-damaged.fits.gz", tmp_path / "letter.bin"
    damaged.write_bytes(EXAMPLES[0].read_bytes()[:4000])
    wrong.write_bytes(bytes(range(256)))
    drop(program, of_files(damaged, wrong, tmp_path / "spec-vanished.fits", EXAMPLES[1]))
    assert settled(qtbot, program, 4) == ["failed", "failed", "failed", "done"]
    model = program.window.stars.model
    flags = [model.index(row, 9).data() for row in range(4)]
    assert all(len(text.split(".")) >= 3 for text in flags[:3])  # what happened, why, what to do
    assert program.desk.messages.log == []


def test_that_a_folder_without_spectra_is_said(qtbot: QtBot, program: Program, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    drop(program, of_files(tmp_path / "empty"))
    said(qtbot, program, "holds no spectra")
    assert program.desk.workspace.session.stars == ()


def test_that_lists_and_tables_of_files_are_followed(qtbot: QtBot, program: Program, folder: Path) -> None:
    names = sorted(path.name for path in folder.iterdir())
    (folder / "list.txt").write_text("\n".join(names), encoding="utf-8")
    (folder / "table.csv").write_text(f"file,teff,teff_sigma\n{names[0]},5777,60\n", encoding="utf-8")
    drop(program, of_files(folder / "list.txt", folder / "table.csv"))
    settled(qtbot, program, 2)
    qtbot.waitUntil(lambda: bool(program.desk.workspace.session.stars[0].catalogue), timeout=PATIENCE_MS)
    (value,) = program.desk.workspace.session.stars[0].catalogue
    assert (value.label_key, value.value, value.sigma, value.source) == ("teff", 5777.0, 60.0, "table.csv")


def test_that_paths_as_text_are_pasted(qtbot: QtBot, program: Program, folder: Path) -> None:
    QGuiApplication.clipboard().setText("\n".join(str(path) for path in folder.iterdir()))
    program.window.setFocus()
    qtbot.keyClick(program.window, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, program, 2)
    QGuiApplication.clipboard().clear()


def test_that_copied_files_are_pasted_and_recent_ones_opened_again(
    qtbot: QtBot, program: Program, folder: Path
) -> None:
    QApplication.clipboard().setMimeData(of_files(folder))
    program.window.actions_by_key["paste"].trigger()
    settled(qtbot, program, 2)
    program.desk.workspace.undo()
    assert program.desk.workspace.session.stars == ()
    recent = program.files.recent_menu
    recent.aboutToShow.emit()
    recent.actions()[0].trigger()
    settled(qtbot, program, 2)


def test_that_the_same_file_twice_is_one_row(qtbot: QtBot, program: Program, folder: Path) -> None:
    drop(program, of_files(folder, *folder.iterdir()))
    settled(qtbot, program, 2)


def saved_session(program: Program, qtbot: QtBot, folder: Path) -> Path:
    """The dropped folder, with a note, saved beside it."""
    drop(program, of_files(folder))
    settled(qtbot, program, 2)
    workspace, path = program.desk.workspace, folder.parent / "night.stellarview"
    noted = workspace.session.with_star(workspace.session.stars[0].key, lambda star: replace(star, note="Bärenstern"))
    workspace.change("note", noted)
    program.files.save(str(path))
    qtbot.waitUntil(lambda: not program.files.is_unsaved, timeout=PATIENCE_MS)
    return path


def test_that_a_session_is_saved_changed_and_opened_again(qtbot: QtBot, program: Program, folder: Path) -> None:
    path, workspace = saved_session(program, qtbot, folder), program.desk.workspace
    assert program.files.title == "night"
    assert [star.note for star in load_session(path).session.stars] == ["Bärenstern", ""]
    workspace.change("removal", workspace.session.without([workspace.session.stars[0].key]))
    assert program.files.title == "night •"
    drop(program, of_files(path))
    settled(qtbot, program, 2)
    assert [star.note for star in workspace.session.stars] == ["Bärenstern", ""]
    said(qtbot, program, "Recover session")  # what was not saved is not lost
    program.window.actions_by_key["recover"].trigger()
    settled(qtbot, program, 1)
    assert program.files.session_path == ""  # or saving it would overwrite the file that was opened


def test_that_files_that_moved_are_asked_for_and_found(qtbot: QtBot, program: Program, folder: Path) -> None:
    path = saved_session(program, qtbot, folder)
    elsewhere = folder.parent / "elsewhere" / "deep"
    elsewhere.mkdir(parents=True)
    session = load_session(path).session
    away = tuple(replace(star, path=str(Path("/nowhere") / Path(star.path).name)) for star in session.stars)
    save_session(replace(session, stars=away), path)
    for file in list(folder.iterdir()):
        shutil.move(file, folder.parent.parent / file.name)
    try:
        program.files.open_session(str(path))
        said(qtbot, program, "2 files of this session were not found.")
        assert settled(qtbot, program, 2) == ["failed", "failed"]
        for star in away:
            shutil.move(folder.parent.parent / Path(star.path).name, elsewhere)
        program.files.take_in([elsewhere.parent])
        said(qtbot, program, "Found 2 files that had moved.")
        assert settled(qtbot, program, 2) == ["done", "done"]
    finally:
        for star in away:
            (folder.parent.parent / Path(star.path).name).unlink(missing_ok=True)
    assert program.desk.workspace.undo_words == "moved files"


def test_that_a_star_of_another_session_is_never_taken_for_one_of_this(
    qtbot: QtBot, program: Program, folder: Path, tmp_path: Path
) -> None:
    """Keys of two sessions are alike, their stars are not."""
    first, second = sorted(folder.iterdir())
    drop(program, of_files(first))
    settled(qtbot, program, 1)
    session = program.desk.workspace.session
    other = replace(session, stars=(replace(session.stars[0], path=str(second), sha256=""),))
    save_session(other, tmp_path / "other.stellarview")
    program.files.open_session(str(tmp_path / "other.stellarview"))
    qtbot.waitUntil(lambda: program.desk.workspace.session.stars == other.stars, timeout=PATIENCE_MS)
    shown: Callable[[], object] = lambda: program.desk.findings.opened(session.current)  # noqa: E731
    qtbot.waitUntil(lambda: shown() is not None, timeout=PATIENCE_MS)
    opened = program.desk.findings.opened(session.current)
    assert opened is not None
    assert opened.spectrum.source.file_name == second.name


def test_that_what_is_dropped_is_kept_though_the_window_closes_at_once(
    program: Program, folder: Path, private_folders: Path
) -> None:
    program.files.take_in([folder, EXAMPLES[0]])
    assert program.desk.workspace.session.stars == ()
    program.close()
    (left,) = private_folders.rglob("autosave-*.stellarview")
    kept = {star.path for star in load_session(left).session.stars}
    assert kept == {*map(str, folder.iterdir()), str(EXAMPLES[0])}


def test_that_what_is_no_star_leaves_nothing_though_the_window_closes_at_once(
    program: Program, tmp_path: Path, private_folders: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    program.files.take_in([empty])
    program.close()
    assert not [*private_folders.rglob("autosave-*.stellarview")]
