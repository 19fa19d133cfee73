"""All runs of a folder are rows, whatever became of them; of their settings only what differs is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from training_sets import toy_config

from stellarview.domain.errors import StellarViewError
from stellarview.training.config_file import write_config
from stellarview.training.run import finish_run, prepare_run, train_run
from stellarview.training.runs import CONFIG_FILE, anchored, differences, model_of, run_row, runs_table

CONFIG = toy_config(Path("toy.h5"))


def test_that_a_finished_run_tells_all_of_itself(toy_set: Path, tmp_path: Path) -> None:
    run = prepare_run(toy_config(toy_set), tmp_path, tmp_path / "a", "cpu")
    assert run_row(tmp_path / "a").state == "not started"
    train_run(run, lambda progress: False)
    stopped = run_row(tmp_path / "a")
    assert stopped.state == "stopped after epoch 1"
    assert stopped.best_loss is not None
    finish_run(run, "")
    (row,) = runs_table(tmp_path)
    assert (row.name, row.outputs, row.architecture, row.members) == ("toy", ("teff", "logg", "feh"), "StarNet", 2)
    assert (row.state, row.epochs, row.planned_epochs, row.verdict) == ("finished", 1, 1, "")
    assert row.best_loss == pytest.approx(stopped.best_loss, rel=1e-6)
    assert row.metrics["teff"]["n"] > 50
    assert row.took_s
    assert row.started.endswith("+00:00")
    assert model_of(tmp_path / "a") == tmp_path / "a" / "toy"


def test_that_a_broken_run_is_a_row_that_says_why(tmp_path: Path) -> None:
    for name, text in (("a", "[dta]\n"), ("b", "")):
        (tmp_path / name).mkdir()
        (tmp_path / name / CONFIG_FILE).write_text(text, encoding="utf-8")
    rows = runs_table(tmp_path)
    assert {row.state for row in rows} == {"broken"}
    assert any("did you mean data?" in row.error for row in rows)


@pytest.mark.parametrize("log", ["", "epoch,member\n1,2\n", "epoch,member,validation_loss,seconds\nx,0,1,1\n"])
@pytest.mark.parametrize(
    ("status", "state"), [(b'{"state": "paused"}', "paused"), (b"[", "not started"), (b"{}", "not started")]
)
def test_that_a_run_may_say_itself_how_it_is(tmp_path: Path, log: str, status: bytes, state: str) -> None:
    write_config(tmp_path / CONFIG_FILE, CONFIG)
    (tmp_path / "log.csv").write_text(log, encoding="utf-8")
    (tmp_path / "status.json").write_bytes(status)
    assert run_row(tmp_path).state == state


def test_that_only_settings_that_differ_are_told() -> None:
    other = replace(CONFIG, loop=replace(CONFIG.loop, epochs=9), network=replace(CONFIG.network, config={"dense": [4]}))
    found = differences([CONFIG, CONFIG, other])
    assert found["loop.epochs"] == (1, 1, 9)
    assert found["network.config.dense"][-1] == [4]
    assert set(found) <= {"loop.epochs", *(f"network.config.{key}" for key in CONFIG.network.config)}
    assert differences([CONFIG, CONFIG]) == differences([]) == {}


def test_that_what_is_no_run_has_no_model(tmp_path: Path) -> None:
    with pytest.raises(StellarViewError, match="is no training run"):
        model_of(tmp_path)
    write_config(tmp_path / CONFIG_FILE, CONFIG)
    with pytest.raises(StellarViewError, match="has no model yet"):
        model_of(tmp_path)


def test_that_a_run_keeps_paths_that_hold_in_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "parent").mkdir()
    config = replace(CONFIG, data=replace(CONFIG.data, label_table="a.csv"))
    kept = anchored(config, tmp_path, tmp_path / "run")
    assert kept.data.sets == (str((tmp_path / "toy.h5").resolve()),)
    assert kept.data.label_table == str((tmp_path / "a.csv").resolve())
    assert kept.network.init_from == ""
    named = replace(config, network=replace(config.network, init_from="lrs-stellar"))
    assert anchored(named, tmp_path, tmp_path / "run").network.init_from == "lrs-stellar"
    assert anchored(config, tmp_path, tmp_path) == config
