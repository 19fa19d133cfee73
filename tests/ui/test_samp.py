"""The window and other programs at a real hub: tables and spectra go and come, and nothing is left behind."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from samp_hub import HUB_MAY_WARN, PATIENCE_S, OtherProgram, home_folder, running_hub
from ui.told_window import PATIENCE_MS, tell_all, until_idle

from stellarview.app import Program
from stellarview.ui.samp_dialog import SendDialog

pytestmark = HUB_MAY_WARN


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    with home_folder(tmp_path) as folder:
        yield folder


def processes() -> list[str]:
    return [process.name for process in multiprocessing.active_children() if process.name == "samp"]


def until_state(qtbot: QtBot, program: Program, state: str) -> None:
    qtbot.waitUntil(lambda: program.window.samp.state == state, timeout=PATIENCE_MS)


def send(qtbot: QtBot, program: Program, key: str) -> None:
    program.window.actions_by_key[key].trigger()
    dialog = next(one for one in program.window.findChildren(SendDialog) if one.isVisible())
    qtbot.waitUntil(dialog.send.isEnabled, timeout=PATIENCE_MS)
    dialog.to.setCurrentIndex(1)
    assert dialog.to.currentText() == "Other program"
    dialog.send.click()


def test_that_tables_and_spectra_go_and_come(qtbot: QtBot, program: Program, home: Path, example_lrs: Path) -> None:
    tell_all(program, [example_lrs])
    window = program.window
    with running_hub() as hub:
        other = OtherProgram(hub)
        window.actions_by_key["connect"].trigger()
        until_state(qtbot, program, "on")
        assert window.actions_by_key["connect"].isChecked()
        assert program.desk.preferences.settings.samp_on
        until_idle(qtbot, program)  # listening is no work
        for key, mtype in (("send-spectrum", "spectrum.load.ssa-generic"), ("send-table", "table.load.votable")):
            send(qtbot, program, key)
            qtbot.waitUntil(lambda: not other.received.empty(), timeout=PATIENCE_MS)
            received, params = other.received.get(timeout=PATIENCE_S)
            assert received == mtype
            assert Path(params["url"].removeprefix("file://")).suffix in (".gz", ".vot")
        before = len(program.desk.workspace.session.stars)
        copy = home / "spec-sent.fits.gz"
        copy.write_bytes(example_lrs.read_bytes())
        other.tell("spectrum.load.ssa-generic", url=copy.as_uri(), name="sent")
        qtbot.waitUntil(lambda: len(program.desk.workspace.session.stars) > before, timeout=PATIENCE_MS)
        assert any("Other program sent sent" in words for words in program.desk.messages.log)
        other.client.disconnect()
        window.actions_by_key["connect"].trigger()
        until_state(qtbot, program, "off")
    program.close()
    assert processes() == []
    assert not program.desk.preferences.settings.samp_on


def test_that_a_hub_that_is_not_there_is_said_and_joined_once_it_is(qtbot: QtBot, program: Program, home: Path) -> None:
    program.window.actions_by_key["connect"].trigger()
    qtbot.waitUntil(lambda: bool(program.desk.messages.log), timeout=PATIENCE_MS)
    assert "No SAMP hub has left its address" in program.window.message_bar.text
    assert "Start TOPCAT" in program.window.message_bar.text
    assert program.window.samp.words == "SAMP: no hub yet"
    program.window.samp.ask_who_listens()
    assert "Nothing was sent" in program.window.message_bar.text
    program.window.samp._again.setInterval(200)
    with running_hub():
        until_state(qtbot, program, "on")
    until_state(qtbot, program, "waiting")  # the hub is gone
    assert program.desk.preferences.settings.samp_on


def test_that_a_hub_that_nobody_asked_for_just_now_is_missed_in_silence(
    qtbot: QtBot, program: Program, home: Path
) -> None:
    samp = program.window.samp
    with qtbot.waitSignals([samp.changed, samp.changed], timeout=PATIENCE_MS):
        samp.join(is_quiet=True)
    assert (samp.state, program.desk.messages.log) == ("waiting", [])


def test_that_closing_the_window_leaves_no_process(qtbot: QtBot, program: Program, home: Path) -> None:
    with running_hub():
        program.window.samp.join()
        until_state(qtbot, program, "on")
        assert processes() == ["samp"]
        program.close()
        assert processes() == []


def test_that_a_start_that_nobody_wants_any_more_ends_at_once(qtbot: QtBot, program: Program, home: Path) -> None:
    with running_hub():
        program.window.samp.join()
        qtbot.waitUntil(lambda: bool(processes()), timeout=PATIENCE_MS)
        program.close()
    assert processes() == []
    assert program.window.samp.words == ""
