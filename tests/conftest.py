"""Fixtures that all tests share."""

from __future__ import annotations

import os

# Small networks gain nothing by threads, and on a busy machine lose a hundredfold; torch reads this when it is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# No screen is needed; Qt reads this when the first window is made.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A loaded machine is slow at generating and at running; neither is a fault of the code under test. The same examples
# every time: a verdict must not depend on luck. `--hypothesis-profile exploring` looks for new ones.
settings.register_profile("exploring", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("same", settings.get_profile("exploring"), derandomize=True, database=None)
settings.load_profile("same")

# What is started in the background ignores Ctrl-C, and hands that on to every program that the tests start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

_SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
_EXAMPLES = Path(__file__).resolve().parents[1] / "resources" / "examples"


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Each process of torch has a seed of its own: what a test draws shall depend neither on it nor on other tests."""
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.default_generator.manual_seed(0)


@pytest.fixture(autouse=True)
def threads_of_torch() -> Iterator[None]:
    """Commands take all cores; the next test must not, or its sums would differ from those of its child processes."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None and torch.get_num_threads() != 1:
        torch.set_num_threads(1)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Real survey files, which do not travel with the repository."""
    if not _SHARED_DATA.is_dir():
        pytest.skip("the real LAMOST files (../shared/data) are not here; synthetic files test the same code")
    return _SHARED_DATA


@pytest.fixture(scope="session")
def example_lrs() -> Path:
    """The bundled synthetic G2 dwarf, RV +36 km/s in its header."""
    return _EXAMPLES / "spec-synthetic-G2V.fits.gz"


@pytest.fixture(scope="session")
def example_mrs() -> Path:
    """The bundled synthetic K1 giant at -23.4 km/s, coadd and three exposures."""
    return _EXAMPLES / "med-synthetic-K1III.fits.gz"
