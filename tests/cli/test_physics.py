"""`stellarview explain --method physics`, and the bounds of `stellarview predict`, as their user types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from models import write_toy_model, write_toy_mrs_model

from stellarview.cli import main

KEYS = ("teff", "logg", "feh", "mgh", "kh")


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_mrs_model(tmp_path_factory.mktemp("models") / "toy", KEYS)


def explain(toy: Path, star: Path, label: str, *options: str) -> int:
    return main(
        [
            "explain",
            str(star),
            "--model",
            str(toy),
            "--label",
            label,
            "--method",
            "physics",
            "--device",
            "cpu",
            *options,
        ]
    )


def test_that_lines_are_ranked_by_both_and_their_correlation_is_told(
    capsys: pytest.CaptureFixture[str], toy: Path, example_mrs: Path, tmp_path: Path
) -> None:
    out = tmp_path / "mg.svg"
    assert explain(toy, example_mrs, "MgH", "--json", "--figure", str(out)) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["label"] == "mgh"
    assert facts["own_lines"][0]["line"].startswith("Mg b")
    assert -1 <= facts["correlation"] <= 1
    assert len(facts["physics_lines"]) > len(facts["own_lines"]) / 2
    assert facts["correlation_members_scatter"] >= 0
    assert 0 < facts["bound"] < 0.1
    assert (facts["judged_by"], facts["prior_dominated"]) == ("mg_fe", False)
    drawn = out.read_text(encoding="utf-8")
    assert all(
        words in drawn for words in ("what physics says", "what the network looked at", "scatter of the members")
    )


def test_that_it_is_told_in_words_too(capsys: pytest.CaptureFixture[str], toy: Path, example_mrs: Path) -> None:
    assert explain(toy, example_mrs, "kh") == 0
    said = capsys.readouterr().out
    assert "physics knows no line of it here" in said
    assert "Smallest possible sigma of [K/H] in this spectrum, nothing else known: infinite (prior-dominated)." in said
    assert explain(toy, example_mrs, "teff") == 0
    said = capsys.readouterr().out
    assert "Teff: network and physics, correlation" in said
    assert "K (measurable)." in said


def test_that_all_labels_are_a_list_and_a_figure(
    capsys: pytest.CaptureFixture[str], toy: Path, example_mrs: Path, tmp_path: Path
) -> None:
    assert explain(toy, example_mrs, "all", "--json", "--figure", str(tmp_path / "all.svg")) == 0
    facts = json.loads(capsys.readouterr().out)
    assert tuple(one["label"] for one in facts) == KEYS
    assert [one["bound"] is None for one in facts] == [False, False, False, False, True]
    assert "Correlation of network" in (tmp_path / "all.svg").read_text(encoding="utf-8")
    assert explain(toy, example_mrs, "all") == 0
    table = capsys.readouterr().out.splitlines()
    assert len(table) == 1 + len(KEYS)
    assert "no line" in table[-1]


def test_that_models_and_labels_that_physics_does_not_know_are_errors(
    capsys: pytest.CaptureFixture[str], toy: Path, example_mrs: Path, example_lrs: Path, tmp_path: Path
) -> None:
    assert explain(toy, example_mrs, "cuh") == 1
    assert "Physics cannot explain 'cuh'" in capsys.readouterr().err
    assert explain(write_toy_model(tmp_path / "lrs"), example_lrs, "teff") == 1
    assert "medium-resolution" in capsys.readouterr().err
    command = ["explain", str(example_mrs), "--model", str(toy), "--label", "all", "--device", "cpu"]
    assert main(command) == 1
    assert "--method physics" in capsys.readouterr().err


def test_that_predictions_have_a_bound_after_each_label_unless_it_is_left_out(
    capsys: pytest.CaptureFixture[str], toy: Path, example_mrs: Path, example_lrs: Path
) -> None:
    command = ["predict", str(example_mrs), str(example_lrs), "--model", str(toy), "--device", "cpu", "--json"]
    assert main(command) == 0
    star, other = json.loads(capsys.readouterr().out)
    names = list(star)
    assert list(other) == names
    assert all(names[names.index(f"{key}_epistemic") + 1] == f"{key}_bound" for key in (*KEYS, "mg_fe", "k_fe"))
    assert 2 < star["teff_bound"] < 30
    assert star["kh_bound"] is None
    assert "prior-dominated: K" in star["flags"]
    assert other["teff_bound"] is None
    assert main([*command, "--no-bounds"]) == 0
    plain = json.loads(capsys.readouterr().out)[0]
    assert not [name for name in plain if name.endswith("_bound")]
    assert "prior-dominated: K" not in plain["flags"]


def test_that_a_table_says_what_a_bound_is(toy: Path, example_mrs: Path, tmp_path: Path) -> None:
    from astropy.table import Table

    out = tmp_path / "t.ecsv"
    assert main(["predict", str(example_mrs), "--model", str(toy), "--device", "cpu", "--table", str(out)]) == 0
    column = Table.read(out)["teff_bound"]
    assert str(column.unit) == "K"
    assert "Cramer-Rao" in column.description
