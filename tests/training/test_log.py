"""Curves for TensorBoard, which need not be there."""

from __future__ import annotations

import builtins
from pathlib import Path
from typing import Any

import pytest

from stellarview.domain.errors import StellarViewError
from stellarview.training.log import show, tensorboard


class Recorder:
    def __init__(self) -> None:
        self.points: list[tuple[str, float, int]] = []

    def add_scalar(self, tag: str, value: float, step: int) -> None:
        self.points.append((tag, value, step))

    def flush(self) -> None:
        self.points.append(("flushed", 0.0, 0))


def test_that_each_member_has_its_curves() -> None:
    board = Recorder()
    show(board, [{"epoch": 2, "member": 1, "train_loss": 0.5, "mae_teff": 60.0}])
    assert board.points == [("train_loss/member 1", 0.5, 2), ("mae_teff/member 1", 60.0, 2), ("flushed", 0.0, 0)]


def test_that_a_missing_tensorboard_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **keywords: Any) -> Any:
        if "tensorboard" in name:
            raise ImportError("No module named 'tensorboard'")
        return real(name, *arguments, **keywords)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(StellarViewError, match="pip install tensorboard"):
        tensorboard(tmp_path)
