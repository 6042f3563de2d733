"""Classical methods that take the same prompts as a network, to compare it with."""

from __future__ import annotations

from typing import Callable, Dict

import numpy as np
import torch
from skimage.segmentation import random_walker
from torch import Tensor, nn

BETA = 400.0
_OBJECT, _BACKGROUND = 1, 2
_RAMP = 1e-6


def seeds(channels: np.ndarray) -> np.ndarray:
    """uint8 (H, W): 1 object, 2 background, 0 unknown, from the network's channels (5, H, W).

    Drawn pixels are seeds of the sign drawn more strongly; what is outside of all boxes and not
    drawn on is background.
    """
    _, box, positive, negative, _ = channels
    marks = np.zeros(box.shape, dtype=np.uint8)
    if box.any():
        marks[box == 0] = _BACKGROUND
    marks[(negative > 0) & (negative >= positive)] = _BACKGROUND
    marks[(positive > 0) & (positive > negative)] = _OBJECT
    return marks


def object_probability(image: np.ndarray, marks: np.ndarray, beta: float = BETA) -> np.ndarray:
    """Probability (H, W) that a random walker from each pixel reaches an object seed first.

    Where only one kind of seed exists everything is of that kind; without seeds nothing is object.
    Solved directly (mode ``bf`` of scikit-image): exact, and the fastest at 128 x 128.
    """
    if not (marks == _OBJECT).any():
        return np.zeros(image.shape)
    if not (marks == _BACKGROUND).any():
        return np.ones(image.shape)
    if marks.all():
        return (marks == _OBJECT).astype(np.float64)
    data = image.astype(np.float64)
    if data.min() == data.max():
        # Edge weights are divided by the deviation; a ramp too faint to matter keeps it from 0.
        data = data + np.linspace(0.0, _RAMP, data.size).reshape(data.shape)
    found = random_walker(data, marks, beta=beta, mode="bf", return_full_prob=True)
    return np.clip(found[0], 0.0, 1.0)


class RandomWalker(nn.Module):
    """The random walker in the place of a network; it has no memory of its previous answer."""

    def forward(self, inputs: Tensor) -> Tensor:
        """Channels (N, 5, H, W) to values (N, 1, H, W), at least 0 where the object is."""
        answers = []
        for channels in inputs.cpu().numpy():
            answers.append(object_probability(channels[0], seeds(channels)) - 0.5)
        return torch.from_numpy(np.stack(answers)[:, None].astype(np.float32))


BASELINES: Dict[str, Callable[[], nn.Module]] = {"random-walker": RandomWalker}
