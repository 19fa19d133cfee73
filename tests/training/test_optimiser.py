"""One optimiser over stacked members is as many optimisers as there are members."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from stellarview.training.config import Optimiser
from stellarview.training.optimiser import adam_step, clip, rate_at


@pytest.mark.parametrize("name", ["adam", "adamw"])
@pytest.mark.parametrize("decay", [0.0, 0.1])
def test_that_each_member_moves_as_under_torchs_own(name: str, decay: float) -> None:
    random = torch.Generator().manual_seed(0)
    weights = {"a": torch.randn(3, 4, 2, generator=random), "b": torch.randn(3, generator=random)}
    moments = tuple({key: torch.zeros_like(tensor) for key, tensor in weights.items()} for _ in range(2))
    kind = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}[name]
    rates = [1e-2, 3e-3, 0.1]
    theirs = [[torch.nn.Parameter(tensor[m].clone()) for tensor in weights.values()] for m in range(3)]
    optimisers = [kind(theirs[m], lr=rates[m], weight_decay=decay) for m in range(3)]
    plan = Optimiser(name=name, weight_decay=decay)  # type: ignore[arg-type]
    for step in range(1, 21):
        gradients = {key: torch.randn(tensor.shape, generator=random) for key, tensor in weights.items()}
        for m in range(3):
            for own, gradient in zip(theirs[m], gradients.values(), strict=True):
                own.grad = gradient[m].clone()
            optimisers[m].step()
        adam_step(weights, gradients, moments, plan, step=step, rates=rates)  # type: ignore[arg-type]
    for m in range(3):
        for own, tensor in zip(theirs[m], weights.values(), strict=True):
            torch.testing.assert_close(tensor[m], own.data, rtol=1e-5, atol=1e-6)


def test_that_a_member_with_rate_0_is_left_alone() -> None:
    weights, gradients = {"a": torch.ones(2, 3)}, {"a": torch.ones(2, 3)}
    moments = ({"a": torch.zeros(2, 3)}, {"a": torch.zeros(2, 3)})
    adam_step(weights, gradients, moments, Optimiser(weight_decay=0.1), step=1, rates=[0.0, 0.5])
    assert (weights["a"][0] == 1).all()
    assert weights["a"][1].tolist() == pytest.approx([0.5] * 3, abs=1e-4)


def test_that_gradients_are_clipped_member_by_member() -> None:
    gradients = {"a": torch.tensor([[3.0, 0.0], [0.3, 0.0]]), "b": torch.tensor([4.0, 0.4])}
    clip(gradients, 1.0)
    torch.testing.assert_close(gradients["a"], torch.tensor([[0.6, 0.0], [0.3, 0.0]]))
    torch.testing.assert_close(gradients["b"], torch.tensor([0.8, 0.4]))


def test_that_without_a_limit_gradients_stay() -> None:
    gradients = {"a": torch.tensor([[30.0]])}
    clip(gradients, 0.0)
    assert gradients["a"].item() == 30.0


@given(st.sampled_from(["constant", "cosine", "steps", "plateau"]), st.floats(0, 30), st.floats(0, 5))
def test_that_a_rate_is_never_above_the_given_one_nor_negative(schedule: str, epoch: float, warm_up: float) -> None:
    plan = Optimiser(schedule=schedule, warm_up_epochs=warm_up)  # type: ignore[arg-type]
    assert 0 <= rate_at(epoch, 30, plan) <= plan.rate


def test_that_schedules_fall_as_they_say() -> None:
    assert rate_at(30, 30, Optimiser(schedule="cosine")) == pytest.approx(0)
    assert rate_at(15, 30, Optimiser(schedule="cosine", rate=1)) == pytest.approx(0.5)
    assert rate_at(30, 60, Optimiser(schedule="steps", rate=0.01)) == pytest.approx(1e-4)
    assert rate_at(1, 60, Optimiser(schedule="constant", rate=1, warm_up_epochs=4)) == pytest.approx(0.25)
