"""Every star is judged once, out of its fold, and finished folds are not trained again."""

from __future__ import annotations

import json
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from training_sets import toy_config

from stellarview.training.cross_validation import RESULT_FILE, cross_validate
from stellarview.training.progress import Progress


def test_that_all_spectra_are_judged_and_folds_are_not_trained_twice(toy_set: Path, tmp_path: Path) -> None:
    asked: list[float] = []

    def watch(progress: Progress) -> bool:
        asked.append(progress.done)
        return False

    def run(**facts: Any) -> dict[str, Any]:
        return cross_validate(
            toy_config(toy_set), tmp_path, tmp_path / "run", 3, lambda fold: nullcontext(watch), **facts
        )

    first = run(device="cpu")
    assert first["n"] == 480
    assert first["labels"]["logg"]["n"] == 480
    assert json.loads((tmp_path / "run" / RESULT_FILE).read_text(encoding="utf-8"))["metrics"] == first
    assert len(list((tmp_path / "run").glob("prepared-*"))) == 1
    assert not list((tmp_path / "run").glob("fold-*/toy"))
    asked.clear()
    assert run(device="cpu", keep=True) == first
    assert asked == []
    assert len(list((tmp_path / "run").glob("fold-*/toy/card.json"))) == 3
