"""Small models for every task, and a star for them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from models import write_toy_models

from stellarview import workflow
from stellarview.domain.spectrum import Spectrum
from stellarview.inference.ensemble import Ensemble

Loader = Callable[[str], Ensemble]


@pytest.fixture(scope="session")
def toys(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Small models by task."""
    return write_toy_models(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def load() -> Loader:
    """Each model is loaded once."""
    loaded: dict[str, Ensemble] = {}

    def load_model(name: str) -> Ensemble:
        if name not in loaded:
            loaded[name] = workflow.load_model(name, "cpu")
        return loaded[name]

    return load_model


@pytest.fixture(scope="session")
def star(example_lrs: Path) -> Spectrum:
    """The bundled G dwarf."""
    return workflow.open_spectrum(example_lrs)
