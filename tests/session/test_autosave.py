"""What a crash leaves behind is offered once; windows that live are left alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session, StarEntry

SESSION = Session(filter="teff > 5000").with_stars([StarEntry("", str(Path("a.fits").absolute()))])

CHILD = """
import sys
from pathlib import Path
from stellarview.session.autosave import Autosave
from stellarview.session.session import Session
autosave = Autosave(Path(sys.argv[1]))
autosave.save(Session(filter=sys.argv[2]))
print("saved", flush=True)
sys.stdin.read()
autosave.end()
"""


def window(folder: Path, words: str) -> subprocess.Popen[str]:
    """Another running program that has saved its session on the side."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "saved\n"
    return child


def finish(child: subprocess.Popen[str]) -> None:
    child.communicate("", timeout=300)


def test_that_a_killed_window_leaves_its_session_and_a_running_one_does_not(tmp_path: Path) -> None:
    killed, running = window(tmp_path, "killed"), window(tmp_path, "running")
    try:
        killed.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        finish(killed)
        autosave = Autosave(tmp_path)
        (left,) = autosave.leftovers()
        assert f"autosave-{killed.pid}." in left.path.name
        assert autosave.recover(left).session.filter == "killed"
        assert autosave.leftovers() == ()
        assert (tmp_path / f"autosave-{running.pid}.stellarview").exists()
    finally:
        finish(running)
    autosave.end()
    assert list(tmp_path.iterdir()) == []


def test_that_the_newest_is_offered_first_and_can_be_forgotten(tmp_path: Path) -> None:
    for place, words in enumerate(("older", "newer")):
        child = window(tmp_path, words)
        child.kill()
        finish(child)
        os.utime(tmp_path / f"autosave-{child.pid}.stellarview", (1e9 + place, 1e9 + place))
    autosave = Autosave(tmp_path)
    newer, older = autosave.leftovers()
    assert newer.saved_at > older.saved_at
    autosave.discard(newer)
    assert autosave.leftovers() == (older,)


def test_that_a_recovered_session_survives_another_crash(tmp_path: Path) -> None:
    """What was recovered is saved under the new window's name before the old file goes."""
    first = window(tmp_path, "precious")
    first.kill()
    finish(first)
    autosave = Autosave(tmp_path)
    autosave.recover(autosave.leftovers()[0])
    (kept,) = tmp_path.glob("*.stellarview")
    assert f"autosave-{os.getpid()}" in kept.name
    assert "precious" in kept.read_text(encoding="ascii")
    autosave.end()


def test_that_a_leftover_of_the_same_process_number_is_not_overwritten(tmp_path: Path) -> None:
    old = tmp_path / f"autosave-{os.getpid()}.stellarview"
    old.write_bytes(b"{}")
    autosave = Autosave(tmp_path)
    autosave.save(SESSION)
    assert old.read_bytes() == b"{}"
    assert [left.path for left in autosave.leftovers()] == [old]
    autosave.end()
    assert [path.name for path in tmp_path.iterdir()] == [old.name]


def test_that_two_windows_of_one_process_have_two_files(tmp_path: Path) -> None:
    one, two = Autosave(tmp_path), Autosave(tmp_path)
    one.save(SESSION)
    two.save(SESSION)
    assert len(list(tmp_path.glob("*.stellarview"))) == 2
    assert one.leftovers() == two.leftovers() == ()
    one.end()
    two.end()
    two.end()


def test_that_an_unchanged_session_is_not_written_again(tmp_path: Path) -> None:
    autosave = Autosave(tmp_path)
    autosave.save(SESSION)
    (path,) = tmp_path.glob("*.stellarview")
    path.unlink()
    autosave.save(SESSION)
    assert not path.exists()
    autosave.save(Session())
    assert path.exists()
    autosave.end()


def test_that_a_damaged_leftover_says_why_and_stays(tmp_path: Path) -> None:
    (tmp_path / "autosave-1.stellarview").write_bytes(b"{")
    autosave = Autosave(tmp_path)
    (left,) = autosave.leftovers()
    with pytest.raises(StellarViewError, match="damaged"):
        autosave.recover(left)
    assert left.path.exists()


def test_that_a_folder_that_is_a_file_ends_in_a_reason(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"")
    autosave = Autosave(tmp_path / "state")
    assert autosave.leftovers() == ()
    with pytest.raises(StellarViewError, match="on the side"):
        autosave.save(SESSION)


def test_that_the_usual_folder_is_the_users_state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STELLARVIEW_STATE", str(tmp_path / "state"))
    autosave = Autosave()
    autosave.save(SESSION)
    assert len(list((tmp_path / "state").glob("autosave-*.stellarview"))) == 1
    autosave.end()
