"""Losses against their closed forms."""

from __future__ import annotations

import math

import pytest
import torch

from segbridge_models.losses import FOCUS, focal, prompt_loss, soft_dice
from segbridge_models.parallel import ParallelGradients
from segbridge_models.scribbleprompt_unet import ScribblePromptUNet, initialise


def _pair():
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn((3, 1, 8, 8), generator=generator, dtype=torch.float64) * 3
    target = torch.rand((3, 1, 8, 8), generator=generator, dtype=torch.float64)
    return logits, target


def test_soft_dice_squares_its_denominator():
    logits, target = _pair()
    p = torch.sigmoid(logits)
    for i in range(3):
        top = 2 * float((p[i] * target[i]).sum()) + 1e-7
        bottom = float((p[i] ** 2).sum() + (target[i] ** 2).sum()) + 1e-7
        assert float(soft_dice(logits, target)[i]) == pytest.approx(1 - top / bottom)


def test_focal_loss_follows_its_formula():
    logits, target = _pair()
    p = torch.sigmoid(logits)
    expected = -(
        target * torch.log(p + 1e-7) * (1 - p) ** FOCUS
        + (1 - target) * torch.log(1 - p + 1e-7) * p**FOCUS
    ).mean(dim=(1, 2, 3))
    torch.testing.assert_close(focal(logits, target), expected, atol=1e-5, rtol=1e-4)


def test_undecided_logits_cost_what_they_should():
    logits = torch.zeros((1, 1, 4, 4))
    target = torch.ones((1, 1, 4, 4))
    assert float(focal(logits, target)) == pytest.approx(math.log(2) * 0.5**FOCUS, rel=1e-4)
    assert float(soft_dice(logits, target)) == pytest.approx(1 - 1.0 / 1.25, rel=1e-5)


def test_a_perfect_answer_costs_nothing_and_the_opposite_two_sided():
    target = torch.zeros((1, 1, 8, 8))
    target[..., 2:5, 2:5] = 1
    assert float(prompt_loss(100 * (target - 0.5), target)) == pytest.approx(0, abs=1e-6)
    assert float(prompt_loss(-100 * (target - 0.5), target)) > 1.0


def test_extreme_logits_have_finite_gradients():
    logits = torch.tensor([[[[200.0, -200.0], [0.0, 50.0]]]], requires_grad=True)
    prompt_loss(logits, torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]])).backward()
    assert torch.isfinite(logits.grad).all()


def test_workers_together_find_the_gradients_of_the_whole_batch():
    generator = torch.Generator().manual_seed(1)
    inputs = torch.rand((5, 5, 32, 32), generator=generator)
    targets = (torch.rand((5, 1, 32, 32), generator=generator) > 0.5).float()
    model = ScribblePromptUNet((3, 4, 5, 6, 7))
    initialise(model, generator)
    loss = prompt_loss(model(inputs), targets)
    expected = torch.autograd.grad(loss, list(model.parameters()))
    for workers in (1, 2, 8):
        value, logits = ParallelGradients(model, workers)(inputs, targets)
        assert value == pytest.approx(float(loss.detach()), abs=1e-6)
        assert logits.shape == (5, 1, 32, 32) and not logits.requires_grad
        for parameter, gradient in zip(model.parameters(), expected):
            torch.testing.assert_close(parameter.grad, gradient, atol=1e-6, rtol=1e-4)
