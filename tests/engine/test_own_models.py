"""What the window is told by a model of the user's own, and that a name is no more than a name."""

from __future__ import annotations

from pathlib import Path

import pytest
from explained_star import star
from models import LABELS, write_toy_model

from stellarview.domain.errors import StellarViewError
from stellarview.domain.model_card import LabelScale
from stellarview.engine import own_models
from stellarview.engine.own_models import told_by
from stellarview.engine.pipe import Progress
from stellarview.engine.work import model_named

HOTTER = (LabelScale("teff", 6500.0, 800.0, 3800.0, 7500.0), LABELS[1])


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STELLARVIEW_MODELS", str(tmp_path))
    return tmp_path


def teff() -> float:
    return told_by(Progress(), star(), "mine").labels["teff"].mean


def test_that_another_model_of_the_same_name_gives_its_own_answers(own: Path) -> None:
    write_toy_model(own / "mine")
    first = teff()
    assert model_named("mine") is model_named("mine")  # verified and loaded once
    own_models.delete(Progress(), "mine")
    with pytest.raises(StellarViewError, match="There is no model 'mine'"):
        teff()
    write_toy_model(own / "mine", labels=HOTTER)
    assert teff() == pytest.approx(first + 1000.0)
    write_toy_model(own / "other")
    own_models.delete(Progress(), "mine")
    own_models.rename(Progress(), "other", "mine")
    assert teff() == pytest.approx(first)
    assert model_named("mine").card.name == "mine"
