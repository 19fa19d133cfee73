"""One toy set for all tests of training."""

from __future__ import annotations

from pathlib import Path

import pytest
from training_sets import write_toy_set


@pytest.fixture(scope="session")
def toy_set(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_toy_set(tmp_path_factory.mktemp("sets") / "toy.h5")
