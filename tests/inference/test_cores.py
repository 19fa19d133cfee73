"""Jobs side by side: results in their order, never more threads than cores, torch's own threads as they were."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from stellarview.inference.cores import n_cores, side_by_side, use_threads


@pytest.fixture(autouse=True)
def three_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(3)
    yield
    torch.set_num_threads(before)


def test_that_results_come_in_the_order_of_the_jobs() -> None:
    assert side_by_side([lambda number=number: number**2 for number in range(50)]) == [n**2 for n in range(50)]


def test_that_an_error_in_a_job_reaches_the_caller() -> None:
    with pytest.raises(ZeroDivisionError):
        side_by_side([lambda: 1, lambda: 1 // 0])


def test_that_there_are_never_more_threads_than_cores_and_torch_keeps_its_own_number() -> None:
    seen = side_by_side([lambda: (threading.current_thread().name, torch.get_num_threads()) for _ in range(40)])
    assert len({name for name, _ in seen}) <= n_cores()
    if n_cores() > 1:
        assert {threads for _, threads in seen} == {1}
    assert torch.get_num_threads() == 3


def test_that_one_job_is_done_where_it_is_asked_for() -> None:
    assert side_by_side([threading.current_thread]) == [threading.current_thread()]


@pytest.mark.parametrize(("asked", "given"), [(1, 1), (10**6, n_cores()), (None, n_cores())])
def test_that_threads_never_exceed_the_cores(asked: int | None, given: int) -> None:
    assert use_threads(asked) == torch.get_num_threads() == given
