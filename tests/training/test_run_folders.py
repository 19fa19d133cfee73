"""Runs are taken away into a trash or get other names, and only where nobody works on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sets import toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.io.process_lock import ProcessLock
from stellarview.training import run_folders
from stellarview.training.config_file import write_config
from stellarview.training.launch import start_run
from stellarview.training.run_folders import TRASH, delete_run, names_stay, rename_run
from stellarview.training.status import LOCK_FILE, State, Status, write_status


def test_that_a_deleted_run_lies_in_the_trash_beside_others_of_its_name(tmp_path: Path) -> None:
    for expected in ("mine", "mine.2"):
        (tmp_path / "mine").mkdir()
        (tmp_path / "mine" / "log.csv").write_text(expected, encoding="utf-8")
        assert delete_run(tmp_path / "mine") == tmp_path / TRASH / expected
        assert (tmp_path / TRASH / expected / "log.csv").read_text(encoding="utf-8") == expected
    with pytest.raises(StellarViewError, match="cannot be deleted"):
        delete_run(tmp_path / "mine")


def test_that_a_waiting_run_is_not_deleted(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    write_status(tmp_path / "mine", Status(state="queued"))
    with pytest.raises(StellarViewError, match="goes on, or waits"):
        delete_run(tmp_path / "mine")
    assert (tmp_path / "mine").is_dir()


def put(runs: Path, name: str, start: str = "") -> Path:
    (runs / name).mkdir()
    network = {"init_from": start}
    write_config(runs / name / "config.toml", toy_config(Path("toy.h5"), network=network, model={"name": "toy"}))
    return runs / name


@pytest.mark.parametrize("state", [None, "queued", "done", "failed", "cancelled", "training"])
def test_that_a_run_that_does_not_go_on_gets_another_name_and_stays_what_it_is(
    tmp_path: Path, state: State | None
) -> None:
    run = put(tmp_path, "old")
    if state is not None:  # one that says that it trains, while no process has its lock, has died
        write_status(run, Status(state=state, epoch=3, queued_at=5.0))
    before = {path.name: path.read_bytes() for path in run.iterdir()}
    assert rename_run(run, "new") == tmp_path / "new"
    assert not run.exists()
    assert {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
    assert rename_run(tmp_path / "new", "new") == tmp_path / "new"


def test_that_a_run_that_goes_on_keeps_its_name(tmp_path: Path) -> None:
    run = put(tmp_path, "old")
    write_status(run, Status(state="training"))
    lock = ProcessLock.take(run / LOCK_FILE)
    assert lock is not None
    with pytest.raises(StellarViewError, match="cannot be renamed"):
        rename_run(run, "new")
    lock.release()


@pytest.mark.parametrize(
    ("name", "why"),
    [("", "is no name for a run"), ("Teff/2", "no name"), ("..", "no name"), ("Mine", "no name"), ("b", "already")],
)
def test_that_a_name_that_cannot_be_is_refused(tmp_path: Path, name: str, why: str) -> None:
    run, _ = put(tmp_path, "a"), put(tmp_path, "b")
    with pytest.raises(StellarViewError, match=why) as refused:
        rename_run(run, name)
    assert refused.value.what_to_do == "Choose another name."
    assert run.is_dir()


def test_that_a_run_that_another_one_starts_from_keeps_its_name(tmp_path: Path) -> None:
    run = put(tmp_path, "a")
    child = put(tmp_path, "b", str(run / "toy"))
    with pytest.raises(StellarViewError, match="The run b starts from its model"):
        rename_run(run, "c")
    assert rename_run(child, "c") == tmp_path / "c"


def test_that_a_run_is_known_as_a_start_through_a_linked_folder_too(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    linked = tmp_path / "runs"
    try:
        linked.symlink_to(tmp_path / "disk", target_is_directory=True)
    except OSError:
        pytest.skip("this system lets nobody make links")
    run = put(linked, "a")
    put(linked, "b", str(run / "toy"))
    with pytest.raises(StellarViewError, match="The run b starts from its model"):
        rename_run(run, "c")


def test_that_no_name_changes_while_somebody_changes_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_folders, "_PATIENCE_S", 0.0)
    run = put(tmp_path, "a")
    with names_stay(tmp_path):
        for act in (lambda: rename_run(run, "b"), lambda: delete_run(run), lambda: start_run(run)):
            with pytest.raises(StellarViewError, match="cannot be changed now"):
                act()
    assert run.is_dir()
