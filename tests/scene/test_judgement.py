"""The figure of a judgement shows before and after, and what cannot be shown says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from stellarview.domain.judgement import CLASS, Evidence, Judgement, OutputJudgement
from stellarview.scene.figure import save_figure
from stellarview.scene.judgement import build_judgement_scene
from stellarview.scene.marks import PointsMark

RANDOM = np.random.default_rng(0)
TRUTH = RANDOM.uniform(4000, 7000, (60, 1))
EVIDENCE = Evidence(
    ("teff",), RANDOM.uniform(5, 200, 60), TRUTH, TRUTH + RANDOM.normal(0, 50, (60, 1)),
    TRUTH + RANDOM.normal(0, 90, (60, 1)), ("teff",), RANDOM.uniform(4000, 7000, (40, 1)),
    RANDOM.normal(0, 0.2, (40, 1)), np.arange(40) < 10,
)  # fmt: skip
OUTPUT = OutputJudgement("teff", 30, {"n": 60, "within_68": 0.7}, pit_after=(6,) * 10, pit_before=(12, 3) * 5)
FOUND = Judgement("child", "a" * 64, "test", (OUTPUT,), "promote", ("Better.",), "parent")


def legends(scene_panel: object) -> list[str]:
    return [mark.legend for mark in scene_panel.marks if isinstance(mark, PointsMark)]  # type: ignore[attr-defined]


def test_that_a_label_has_a_row_of_four_panels(tmp_path: Path) -> None:
    scene = build_judgement_scene(FOUND, EVIDENCE, "provenance")
    assert scene.columns == len(scene.panels) == 4
    assert scene.title == "child, against parent: promote"
    assert [legends(panel) for panel in scene.panels] == [
        ["before", "after"], ["before", "after"], [], ["near new labels", "away"]
    ]  # fmt: skip
    assert scene.panels[2].title == "1 sigma holds 70%"
    save_figure(scene, tmp_path / "a.svg")
    assert (tmp_path / "a.svg").read_bytes().startswith(b"<?xml")


def test_that_without_a_parent_only_the_model_is_shown() -> None:
    alone = replace(
        EVIDENCE, before_BK=np.full((60, 1), np.nan), drift_keys=(), drift_CK=np.zeros((0, 0)),
        reference_CK=np.zeros((0, 0)), near_C=np.zeros(0, bool),
    )  # fmt: skip
    output = replace(OUTPUT, pit_before=())
    scene = build_judgement_scene(replace(FOUND, parent="", outputs=(output,)), alone, "")
    assert [legends(panel) for panel in scene.panels] == [["after"], ["after"], [], []]
    assert scene.panels[3].title == "nothing is known"


def test_that_unknown_truth_gives_empty_panels_not_an_error() -> None:
    unknown = replace(EVIDENCE, truth_BK=np.full((60, 1), np.nan))
    scene = build_judgement_scene(replace(FOUND, outputs=(replace(OUTPUT, pit_after=()),)), unknown, "")
    assert [panel.title for panel in scene.panels[:3]] == ["nothing is known"] * 3


def test_that_labels_can_be_chosen_and_classes_have_two_panels() -> None:
    assert build_judgement_scene(FOUND, EVIDENCE, "", ["logg"]).panels == ()
    probability = RANDOM.uniform(0, 1, (60, 1))
    evidence = replace(EVIDENCE, keys=(CLASS,), drift_keys=(CLASS,), after_BK=probability, before_BK=probability)
    scene = build_judgement_scene(replace(FOUND, outputs=(OutputJudgement(CLASS, 30, {"n": 60}),)), evidence, "")
    assert [panel.y_label for panel in scene.panels] == ["Probability of the true class", "Probability moved"]
