"""A job that is named is the job itself, wherever it is called."""

from __future__ import annotations

import pytest

from stellarview.engine import export, files, isochrones, models, work
from stellarview.engine import jobs as named
from stellarview.engine.engine import Engine
from stellarview.engine.pipe import Progress


@pytest.mark.parametrize("module", [export, files, isochrones, models, work], ids=lambda module: module.__name__)
def test_that_the_table_names_modules_of_jobs(module: object) -> None:
    assert module.__name__.rpartition(".")[2] in named.__all__  # type: ignore[attr-defined]


def test_that_a_named_job_travels_and_does_what_it_is_called() -> None:
    engine = Engine("tests")
    try:
        told = engine.ask(named.models.installed_models)
    finally:
        engine.stop()
    assert [one.name for one in told] == [one.name for one in models.installed_models(Progress())]


def test_that_a_wrong_name_is_told_where_it_is_called() -> None:
    with pytest.raises(AttributeError, match="no_such_job"):
        named.work.no_such_job(Progress())  # type: ignore[attr-defined]
