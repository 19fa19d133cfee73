"""A few choices become a whole configuration; the new model starts from what the parent knows of each label."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
import torch
from toy_networks import SMALL
from training_sets import toy_config, write_toy_set

from stellarview.domain.errors import StellarViewError
from stellarview.io.models import read_card, read_model
from stellarview.nets import ARCHITECTURES
from stellarview.training.config_file import read_config
from stellarview.training.label_columns import LabelColumn, LabelColumns
from stellarview.training.label_set import LabelSet, build_label_set
from stellarview.training.members import skeleton
from stellarview.training.preflight import Preflight, preflight
from stellarview.training.run import finish_run, prepare_run, train_run
from stellarview.training.tuning import (
    TuningChoices,
    What,
    fine_tuning_config,
    fitting_sizes,
    last_block,
    tuning_form,
    write_run,
)


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of (teff, logg, feh) that was trained on the toy set."""
    folder = tmp_path_factory.mktemp("parent")
    config = toy_config(
        write_toy_set(folder / "toy.h5", 240), optimiser={"rate": 3e-3}, loop={"epochs": 2, "batch": 16}
    )
    run = prepare_run(config, folder, folder / "run", "cpu")
    train_run(run, lambda progress: False)
    finish_run(run, "")
    return run.model_folder


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, LabelSet]:
    """Other spectra, with a label that the parent knows and one that it does not."""
    folder = tmp_path_factory.mktemp("own")
    spectra = write_toy_set(folder / "own.h5", 120, seed=5)
    table = folder / "table.csv"
    rows = (f"{i},{4 + 0.01 * i},{1 + 0.02 * (i % 30)}" for i in range(120))
    table.write_text("obsid,logg,vmic\n" + "\n".join(rows), encoding="utf-8")
    columns = LabelColumns("obsid", (LabelColumn("vmic", "vmic"), LabelColumn("logg", "logg")), "obsid")
    return folder / "run", build_label_set([spectra], table, columns, folder / "run")


@pytest.fixture(scope="module")
def found(parent: Path, own: tuple[Path, LabelSet]) -> Preflight:
    return preflight(*own, str(parent))


def config_of(parent: Path, own: tuple[Path, LabelSet], found: Preflight, **choices: Any) -> Any:
    wanted = TuningChoices(**{"name": "mine", "epochs": 4, "members": 1, **choices})
    return fine_tuning_config(read_card(parent), own[1], found, wanted, str(parent))


@pytest.mark.parametrize("what", get_args(What))
def test_that_every_way_to_tune_gives_a_run_that_prepares(
    what: str, parent: Path, own: tuple[Path, LabelSet], found: Preflight, tmp_path: Path
) -> None:
    config = config_of(parent, own, found, what=what)
    command = write_run(own[0], config)
    assert command == f"stellarview train {own[0] / 'config.toml'} --run {own[0]}"
    assert read_config(own[0] / "config.toml") == config
    run = prepare_run(config, own[0], tmp_path / "run", "cpu")
    assert run.task.config.data.labels == ("logg", "vmic")
    assert (run.task.parent is None) == (what == "from scratch")


def test_that_a_known_label_keeps_the_parents_output_and_a_new_one_starts_fresh(
    parent: Path, own: tuple[Path, LabelSet], found: Preflight, tmp_path: Path
) -> None:
    run = prepare_run(config_of(parent, own, found), own[0], tmp_path / "run", "cpu")
    head, before = run.state.weights["head.mean.weight"][0], read_model(parent).tensors["members.head.mean.weight"][0]
    np.testing.assert_array_equal(head[0].numpy(), before[1])  # log g is the parent's second label
    assert not any(np.array_equal(head[1].numpy(), row) for row in before)
    dense = run.state.weights["dense.0.weight"][0]
    assert torch.equal(dense, torch.from_numpy(read_model(parent).tensors["members.dense.0.weight"][0]))
    scale = run.task.scales[0]
    assert (scale.mean, scale.std) == (read_card(parent).labels[1].mean, read_card(parent).labels[1].std)


def test_that_tuning_ends_in_a_model_that_names_its_parent(
    parent: Path, own: tuple[Path, LabelSet], found: Preflight, tmp_path: Path
) -> None:
    run = prepare_run(config_of(parent, own, found, rate=1e-3), own[0], tmp_path / "run", "cpu")
    train_run(run, lambda progress: False)
    card = finish_run(run, "").card
    assert (card.parent, card.name, card.outputs) == ("toy", "mine", ("logg", "vmic"))
    assert card.training["config"]["split"]["group"] == "star"


def test_that_staged_layers_wake_in_the_course_of_the_epochs(
    parent: Path, own: tuple[Path, LabelSet], found: Preflight
) -> None:
    stages = config_of(parent, own, found, what="staged", epochs=30).network.stages
    assert [(stage["layers"], stage["from_epoch"]) for stage in stages] == [(["head"], 0), (["dense"], 6), ([""], 15)]
    assert config_of(parent, own, found, what="all").network.stages == ()


def test_that_only_chosen_labels_are_learned(parent: Path, own: tuple[Path, LabelSet], found: Preflight) -> None:
    assert config_of(parent, own, found, labels=("vmic",)).data.labels == ("vmic",)
    with pytest.raises(StellarViewError, match="No label is left"):
        config_of(parent, own, found, labels=("age",))


def test_that_a_model_of_classes_is_refused(parent: Path, own: tuple[Path, LabelSet], found: Preflight) -> None:
    card = replace(read_card(parent), labels=(), classes=("A", "B"))
    with pytest.raises(StellarViewError, match="It tells classes"):
        fine_tuning_config(card, own[1], found, TuningChoices())


@pytest.mark.parametrize("name", ARCHITECTURES)
def test_that_the_last_block_of_every_network_is_there_and_is_not_all(name: str) -> None:
    import dataclasses

    architecture = ARCHITECTURES[name]
    config = architecture.config_from(SMALL[name])
    names = [n for n, _ in skeleton(architecture, config).named_parameters() if not n.startswith("head")]
    block = [n for n in names if n.startswith(last_block(name, dataclasses.asdict(config)))]
    assert 0 < len(block) < len(names)


@pytest.mark.parametrize("length", [160, 852, 1001, 3600, 7200])
def test_that_every_network_for_labels_fits_spectra_of_any_length(length: int, parent: Path) -> None:
    (field,) = (field for field in tuning_form() if field.name == "architecture")
    assert field.choices == tuple(name for name, one in ARCHITECTURES.items() if one.head != "class")
    card = replace(read_card(parent), config={"input_length": length})
    for name in ("RRNet", "StarNetR"):
        sizes = fitting_sizes(name, card)
        ARCHITECTURES[name].config_from({"input_length": length, "n_labels": 2, **sizes})
        assert length != 7200 or ARCHITECTURES[name].config_from(sizes) == ARCHITECTURES[name].config_from({})


@pytest.mark.parametrize("name", ["RRNet", "SubtypeResNet"])
def test_that_another_network_may_learn_from_scratch(
    name: str, parent: Path, own: tuple[Path, LabelSet], found: Preflight, tmp_path: Path
) -> None:
    config = config_of(parent, own, found, what="from scratch", architecture=name)
    task = prepare_run(config, own[0], tmp_path / "run", "cpu").task
    assert (task.architecture.name, task.parent) == (name, None)
    assert task.loss
