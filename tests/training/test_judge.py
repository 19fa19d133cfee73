"""A run is judged on stars that it never saw, beside its parent, and kept only when somebody says so."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from training_sets import toy_config, write_toy_set

from stellarview.domain.errors import StellarViewError
from stellarview.domain.judgement import CLASS, Judged
from stellarview.io.judgements import read_judgement
from stellarview.io.model_files import export_model, import_model
from stellarview.io.models import list_models, read_card, read_model
from stellarview.training import forgetting
from stellarview.training.config import TrainingConfig
from stellarview.training.judge import judge_run, paired_change
from stellarview.training.keep import promote
from stellarview.training.run import finish_run, prepare_run, train_run
from stellarview.training.runs import run_row


def trained(config: TrainingConfig, run_folder: Path) -> Path:
    run = prepare_run(config, run_folder.parent, run_folder, "cpu")
    train_run(run, lambda progress: False)
    finish_run(run, "stellarview train toy.toml")
    return run.model_folder


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A parent, and a child that goes on with other stars, in a folder of runs."""
    folder = tmp_path_factory.mktemp("runs")
    old, new = write_toy_set(folder / "old.h5", 240), write_toy_set(folder / "new.h5", 400, seed=5)
    parent = trained(toy_config(old, loop={"epochs": 4, "batch": 16}), folder / "parent")
    facts = {"model": {"name": "child"}, "network": {"init_from": str(parent)}}
    trained(toy_config(new, loop={"epochs": 8, "batch": 16}, **facts), folder / "child")
    judge_run(folder / "child", device="cpu")
    return folder


@pytest.fixture
def judged(runs: Path) -> Judged:
    found = read_judgement(runs / "child")
    assert found is not None
    return found


def test_that_a_child_that_learned_on_is_better_than_its_parent(judged: Judged) -> None:
    found = judged.judgement
    assert (found.model, found.parent, found.part) == ("child", "toy", "test")
    assert [output.key for output in found.outputs] == ["teff", "logg", "feh"]
    for output in found.outputs:
        change = output.change()
        assert change is not None
        assert change.value == pytest.approx(output.after["mae"] - output.before["mae"])
        assert change.low <= change.value <= change.high
        assert output.groups == 20
    assert any(output.changes[0].is_better for output in found.outputs)
    assert found.reasons


def test_that_all_figures_are_of_the_held_out_stars(runs: Path, judged: Judged) -> None:
    card, output = read_card(runs / "child" / "child"), judged.judgement.outputs[1]
    assert json.loads(json.dumps(output.after)) == card.metrics["test"]["labels"]["logg"]
    assert sum(output.pit_after) == sum(output.pit_before) == output.after["n"]
    assert output.uncalibrated["within_68"] != output.after["within_68"]
    assert 0 < output.skill < 1
    evidence = judged.evidence
    assert evidence.truth_BK.shape == evidence.after_BK.shape == evidence.before_BK.shape == (80, 3)
    error = np.abs(evidence.before_BK - evidence.truth_BK)[:, 1]
    assert float(error.mean()) == pytest.approx(output.before["mae"])


def test_that_forgetting_is_looked_for_on_the_parents_reference(judged: Judged) -> None:
    assert [one.key for one in judged.judgement.drift] == ["teff", "logg", "feh"]
    assert all(one.away + one.near == len(judged.evidence.near_C) > 50 for one in judged.judgement.drift)


def test_that_judging_tells_how_far_it_is_and_leaves_nothing_where_it_is_stopped(runs: Path) -> None:
    class Stopped(Exception):
        pass

    told: list[tuple[int, int]] = []
    judge_run(runs / "child", device="cpu", tell=lambda done, total: told.append((done, total)))
    totals, counts = {total for _, total in told}, [done for done, _ in told]
    (total,) = totals
    assert total > 2 * 80  # both models about the held-out stars, and about the reference
    assert counts == sorted(counts)
    assert counts[0] == 0
    assert counts[-1] == total

    before = {path.name: path.stat().st_mtime_ns for path in (runs / "child").iterdir() if path.is_file()}
    for stop in (counts[1], total):

        def tell(done: int, total: int, stop: int = stop) -> None:
            if done == stop:
                raise Stopped

        with pytest.raises(Stopped):
            judge_run(runs / "child", device="cpu", tell=tell)
    assert before == {path.name: path.stat().st_mtime_ns for path in (runs / "child").iterdir() if path.is_file()}


def test_that_a_first_model_is_judged_by_its_skill(runs: Path) -> None:
    found = judge_run(runs / "parent", device="cpu").judgement
    assert (found.parent, found.drift, found.outputs[0].before) == ("", (), {})
    assert any("of always telling the mean" in reason for reason in found.reasons) or "show nothing" in found.reasons[0]


def test_that_a_parent_that_saw_these_sets_is_mentioned(runs: Path) -> None:
    found = judge_run(runs / "parent", str(runs / "parent" / "toy"), "cpu").judgement
    assert "was trained on one of these sets" in found.notes[0]
    assert found.outputs[0].changes[0].value == 0.0
    assert found.verdict == "careful"


def test_that_another_model_in_its_parents_place_is_no_parent(tmp_path: Path) -> None:
    old, new = write_toy_set(tmp_path / "old.h5", 96), write_toy_set(tmp_path / "new.h5", 96, seed=5)
    trained(toy_config(old), tmp_path / "parent")
    config = toy_config(new, network={"init_from": str(tmp_path / "parent" / "toy")}, model={"name": "child"})
    trained(config, tmp_path / "child")
    assert judge_run(tmp_path / "child", device="cpu").judgement.notes == ()
    assert prepare_run(config, tmp_path, tmp_path / "child", "cpu").state.epoch == 1

    shutil.rmtree(tmp_path / "parent")
    trained(toy_config(old, loop={"seed": 7}), tmp_path / "parent")
    (note,) = judge_run(tmp_path / "child", device="cpu").judgement.notes
    assert note == "toy is another model by now than the one that the run started from."
    assert judge_run(tmp_path / "child", str(tmp_path / "parent" / "toy"), "cpu").judgement.notes == ()
    with pytest.raises(StellarViewError, match="Since it was written these changed: parent"):
        prepare_run(config, tmp_path, tmp_path / "child", "cpu")


def test_that_classes_are_judged_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forgetting, "_SURE", 0.0)  # after an epoch networks are sure of nothing
    old, new = write_toy_set(tmp_path / "old.h5", 160), write_toy_set(tmp_path / "new.h5", 160, seed=5)
    parent = trained(toy_config(old, "DenseNetSE", network={"members": 1}), tmp_path / "parent")
    network = {"init_from": str(parent), "members": 1}
    trained(toy_config(new, "DenseNetSE", network=network, model={"name": "child"}), tmp_path / "child")
    found = judge_run(tmp_path / "child", device="cpu")
    (output,) = found.judgement.outputs
    assert output.key == CLASS
    assert output.changes[0].value == pytest.approx(output.before["accuracy"] - output.after["accuracy"])
    assert found.judgement.drift[0].away > 20
    assert np.nanmax(found.evidence.after_BK) <= 1


def test_that_sets_that_changed_since_are_no_judges(tmp_path: Path) -> None:
    path = write_toy_set(tmp_path / "toy.h5", 160)
    trained(toy_config(path), tmp_path / "run")
    write_toy_set(path, 160, seed=9)
    with pytest.raises(StellarViewError, match="have changed since"):
        judge_run(tmp_path / "run", device="cpu")


def test_that_intervals_are_drawn_over_groups_of_stars() -> None:
    random = np.random.default_rng(3)
    star_B = np.repeat(np.arange(40), 50)
    before_B = np.repeat(random.normal(0, 1, 40), 50) + 10
    single = paired_change("error", np.full(2000, 10.0), before_B, np.arange(2000))
    grouped = paired_change("error", np.full(2000, 10.0), before_B, star_B)
    wider = paired_change("error", np.full(2000, 10.0), before_B, star_B, outputs=17)
    assert single.value == grouped.value == pytest.approx(float((10 - before_B).mean()))
    assert grouped.high - grouped.low > 4 * (single.high - single.low)
    assert wider.high - wider.low > grouped.high - grouped.low


def test_that_unknown_labels_do_not_count() -> None:
    after_B, before_B = np.array([1.0, np.nan, 1.0]), np.array([3.0, 3.0, 3.0])
    assert paired_change("error", after_B, before_B, ["a", "b", "c"]).value == -2.0


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path / "models"))
    return tmp_path / "models"


def test_that_a_promoted_model_carries_all_that_is_known_of_it(runs: Path, own: Path, judged: Judged) -> None:
    folder = promote(runs / "child", "mine", datetime(2026, 1, 2, tzinfo=UTC))
    assert folder == own / "mine"
    assert folder in list_models()
    card, parent = read_model(folder).card, read_card(runs / "parent" / "toy")
    assert (card.name, card.parent, card.licence) == ("mine", "toy", "BSD-3-Clause")
    training = card.training
    assert training["parent_sha256"] == parent.weights_sha256
    assert len(training["labels_sha256"]) == 64
    assert training["promoted"] == "2026-01-02T00:00:00+00:00"
    assert training["judgement"]["verdict"] == judged.judgement.verdict
    assert training["judgement"]["outputs"]["teff"]["mae"] == judged.judgement.outputs[0].after["mae"]
    assert training["config"]["data"]["sets"] == ["new.h5"]
    assert str(runs) not in json.dumps(training["config"])
    assert {path.name for path in folder.iterdir()} == {
        "card.json", "weights.safetensors", "reference.safetensors", "judgement.json"
    }  # fmt: skip
    assert run_row(runs / "child").verdict == judged.judgement.verdict


def test_that_a_name_that_exists_is_refused_and_the_run_stays(runs: Path, own: Path) -> None:
    promote(runs / "child", "mine")
    for name in ("mine", "lrs-stellar", "No Name"):
        with pytest.raises(StellarViewError):
            promote(runs / "child", name)
    assert read_card(runs / "child" / "child").name == "child"


def test_that_an_unjudged_run_is_not_promoted(toy_set: Path, own: Path, tmp_path: Path) -> None:
    config = toy_config(toy_set)
    trained(config, tmp_path / "run")
    with pytest.raises(StellarViewError, match="is not judged yet"):
        promote(tmp_path / "run", "mine")
    judge_run(tmp_path / "run", device="cpu")
    trained(replace(config, loop=replace(config.loop, seed=4)), tmp_path / "other")
    (tmp_path / "run" / "toy").rename(tmp_path / "run" / "old")
    (tmp_path / "other" / "toy").rename(tmp_path / "run" / "toy")
    with pytest.raises(StellarViewError, match="trained again since"):
        promote(tmp_path / "run", "mine")


def test_that_a_promoted_model_travels_whole_and_is_a_parent_again(runs: Path, own: Path, tmp_path: Path) -> None:
    promote(runs / "child", "mine")
    folder = import_model(export_model("mine", tmp_path / "mine.zip"), "theirs")
    assert {path.name for path in folder.iterdir()} == {path.name for path in (own / "mine").iterdir()}
    found = judge_run(runs / "child", "theirs", "cpu").judgement
    assert found.parent == "theirs"
    assert all(one.most == 0.0 for one in found.drift)
    judge_run(runs / "child", device="cpu")
