"""Losses of volume training against their closed forms."""

from __future__ import annotations

import pytest
import torch

from segbridge_models.prism_training import losses

WEIGHTS = losses.LossWeights()


def _pair():
    generator = torch.Generator().manual_seed(0)
    logits = 3 * torch.randn((2, 3, 6, 7, 5), generator=generator, dtype=torch.float64)
    truth = (torch.rand((2, 1, 6, 7, 5), generator=generator) > 0.6).double()
    return logits, truth


def test_the_structural_loss_is_squared_dice_plus_cross_entropy():
    logits, truth = _pair()
    p = torch.sigmoid(logits)
    for b in range(2):
        for k in range(3):
            y = truth[b, 0]
            top = 2 * (p[b, k] * y).sum() + 1e-5
            dice = 1 - top / ((p[b, k] ** 2).sum() + (y**2).sum() + 1e-5)
            entropy = -(y * p[b, k].log() + (1 - y) * (1 - p[b, k]).log()).mean()
            found = losses.structural(logits, truth)[b, k]
            assert float(found) == pytest.approx(float(dice + entropy))


def test_edges_follow_their_definition_with_zeros_beyond_the_border():
    _, truth = _pair()
    y = truth[0, 0]
    padded = torch.zeros(10, 11, 5, dtype=y.dtype)
    padded[2:-2, 2:-2] = y
    for i, j, k in ((0, 0, 0), (3, 4, 2), (5, 6, 4)):
        mean = padded[i : i + 5, j : j + 5, k].sum() / 25
        expected = abs(float(y[i, j, k] - mean))
        assert float(losses.edges(truth)[0, 0, i, j, k]) == pytest.approx(expected)


def test_a_perfect_prediction_costs_almost_nothing():
    _, truth = _pair()
    logits = (truth * 2 - 1) * 40
    three = logits.expand(-1, 3, -1, -1, -1)
    scores = torch.ones(2, 3, dtype=truth.dtype)
    assert float(losses.candidate_loss(three, scores, truth, WEIGHTS)) < 1e-6
    before = torch.full((2, 1), 0.9, dtype=truth.dtype)
    assert float(losses.refinement_loss(logits, truth, before, WEIGHTS)) < 1e-6


def test_scores_are_held_against_the_dice_of_the_mask():
    logits, truth = _pair()
    logits.requires_grad_()
    reached = losses.dice(logits, truth)
    scores = reached.detach().clone().requires_grad_()
    losses.candidate_loss(logits, scores, truth, WEIGHTS).backward()
    assert float(scores.grad.abs().max()) < 1e-9
    wrong = (reached.detach() + 0.2).requires_grad_()
    losses.candidate_loss(logits.detach(), wrong, truth, WEIGHTS).backward()
    torch.testing.assert_close(wrong.grad, torch.full_like(wrong, 2 * 0.2 / 2))


def test_falling_below_the_step_before_costs_extra():
    logits, truth = _pair()
    now = losses.soft_dice(logits[:, :1], truth)
    better, worse = now - 0.1, now + 0.1
    without = losses.refinement_loss(logits[:, :1], truth, better, WEIGHTS)
    fallen = losses.refinement_loss(logits[:, :1], truth, worse, WEIGHTS)
    assert float(fallen - without) == pytest.approx(0.1 * WEIGHTS.worse)


def test_cross_entropy_really_trains():
    logits = torch.zeros(1, 1, 4, 4, 4, requires_grad=True)
    truth = torch.zeros(1, 1, 4, 4, 4)
    losses.structural(logits, truth).sum().backward()
    assert bool((logits.grad > 0).all())
