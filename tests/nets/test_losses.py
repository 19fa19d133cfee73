"""Losses and heads against closed forms."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.func import grad, vmap

from stellarview.nets.heads import LEAST_VARIANCE, GaussianHead
from stellarview.nets.losses import LOSSES, cross_entropy, gaussian_nll, laplace_nll, log_cosh

NAN = float("nan")
values = st.floats(-50, 50, width=32)
variances = st.floats(0.015625, 64, width=32)


def gaussian(mean: float, variance: float) -> torch.Tensor:
    return torch.tensor([[[mean, variance]]], dtype=torch.float64)


def column(value: float) -> torch.Tensor:
    return torch.tensor([[value]], dtype=torch.float64)


@given(values, values, variances)
def test_that_the_gaussian_loss_is_the_log_density_without_its_constant(y: float, m: float, s2: float) -> None:
    density = torch.distributions.Normal(column(m), math.sqrt(s2)).log_prob(column(y))
    loss = gaussian_nll(gaussian(m, s2), column(y))
    assert float(loss) == pytest.approx(float(-density) - 0.5 * math.log(2 * math.pi), rel=1e-9, abs=1e-9)


@given(values, variances)
def test_that_the_gaussian_loss_is_least_at_the_truth(y: float, s2: float) -> None:
    output = gaussian(y, s2).requires_grad_()
    gaussian_nll(output, column(y)).backward()
    assert output.grad is not None
    assert float(output.grad[0, 0, 0]) == pytest.approx(0.0, abs=1e-12)
    residual = 1.5
    best = gaussian_nll(gaussian(y + residual, residual**2), column(y))
    assert best <= gaussian_nll(gaussian(y + residual, s2), column(y)) + 1e-12


@given(values, values)
def test_that_log_cosh_is_itself_and_its_slope_is_tanh(y: float, m: float) -> None:
    output = column(m).requires_grad_()
    loss = log_cosh(output, column(y))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(math.log(math.cosh(y - m)), rel=1e-9, abs=1e-8)
    assert output.grad is not None
    assert float(output.grad) == pytest.approx(math.tanh(m - y), abs=1e-8)


@pytest.mark.parametrize("residual", [-1e30, -1e4, 1e4, 1e30])
def test_that_log_cosh_does_not_overflow(residual: float) -> None:
    output = torch.tensor([[residual]], requires_grad=True)
    loss = log_cosh(output, torch.zeros(1, 1))
    loss.backward()
    assert float(loss.detach()) == pytest.approx(abs(residual) - math.log(2), rel=1e-6)
    assert output.grad is not None
    assert float(output.grad) == math.copysign(1.0, residual)


@given(st.lists(values, min_size=2, max_size=5), st.data())
def test_that_cross_entropy_is_minus_the_log_of_the_share(logits: list[float], data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, len(logits) - 1))
    loss = cross_entropy(torch.tensor([logits], dtype=torch.float64), torch.tensor([chosen]))
    share = math.exp(logits[chosen]) / sum(map(math.exp, logits))
    assert float(loss) == pytest.approx(-math.log(share), rel=1e-9, abs=1e-9)


def test_that_unknown_labels_take_no_part() -> None:
    output = torch.randn(4, 3, 2).abs() + 0.1
    label = torch.randn(4, 3)
    label[0, 1] = label[2, :] = NAN
    known = ~torch.isnan(label)
    alone = gaussian_nll(output[known].unsqueeze(1), label[known].unsqueeze(1))
    assert float(gaussian_nll(output, label)) == pytest.approx(float(alone), rel=1e-6)
    assert float(log_cosh(output[..., 0], label)) == pytest.approx(
        float(log_cosh(output[..., 0][known].unsqueeze(1), label[known].unsqueeze(1))), rel=1e-6
    )
    classes = torch.tensor([2, -1, 0, 1])
    assert float(cross_entropy(output[..., 0], classes)) == pytest.approx(
        float(cross_entropy(output[[0, 2, 3]][..., 0], classes[[0, 2, 3]])), rel=1e-6
    )


@pytest.mark.parametrize("kind", LOSSES)
def test_that_a_batch_without_labels_costs_nothing_and_teaches_nothing(kind: str) -> None:
    output = (torch.rand(4, 3, 2) + 0.1 if kind == "gaussian" else torch.rand(4, 3)).requires_grad_()
    loss = LOSSES[kind](output, torch.full((4,), -1) if kind == "class" else torch.full((4, 3), NAN))
    loss.backward()
    assert output.grad is not None
    assert float(loss.detach()) == 0.0
    assert not output.grad.any()


def test_that_an_unknown_label_leaves_the_gradients_of_others_finite() -> None:
    output = (torch.rand(2, 2, 2) + 0.1).requires_grad_()
    gaussian_nll(output, torch.tensor([[1.0, NAN], [NAN, 2.0]])).backward()
    assert output.grad is not None
    assert torch.isfinite(output.grad).all()
    assert not output.grad[0, 1].any()


def test_that_losses_run_over_members_at_once() -> None:
    outputs, label = torch.rand(3, 4, 2, 2) + 0.1, torch.tensor([[0.0, NAN]] * 4)
    at_once = vmap(grad(lambda output: gaussian_nll(output, label)))(outputs)
    assert torch.allclose(at_once[1], grad(lambda output: gaussian_nll(output, label))(outputs[1]))


def test_that_a_variance_never_vanishes() -> None:
    head = GaussianHead(2, 1)
    with torch.no_grad():
        head.raw_variance.bias.fill_(-1e4)
        variance = head(torch.zeros(1, 2))[0, 0, 1]
    assert float(variance) == pytest.approx(LEAST_VARIANCE)


def test_that_the_robust_loss_is_the_laplace_likelihood_and_a_wrong_label_pulls_it_less() -> None:
    output, label = torch.tensor([[[0.3, 0.5]]]), torch.tensor([[1.1]])
    expected = -torch.distributions.Laplace(0.3, math.sqrt(0.25)).log_prob(torch.tensor(1.1)) - math.log(2.0) / 2
    assert laplace_nll(output, label) == pytest.approx(float(expected), rel=1e-5)
    far = torch.tensor([[20.0]])
    assert laplace_nll(output, far) < 0.2 * gaussian_nll(output, far)
    assert laplace_nll(output, torch.tensor([[math.nan]])) == 0.0
