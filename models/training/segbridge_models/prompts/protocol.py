"""Who prompts when: the random user of training and the fixed users of evaluation.

A user adds the prompts of one step to ``Prompts``: ``start`` from the ground truth, then
``correct`` from the error of the previous prediction (+1 missed, -1 wrongly included).
"""

from __future__ import annotations

import numpy as np

from .evaluation_users import (
    EVALUATION_PROTOCOLS,
    BoxUser,
    CentreClickUser,
    LassoUser,
    RandomClickUser,
    ScribbleUser,
    WarmStartUser,
)
from .simulated_user import SCRIBBLE_CAP, PromptProtocol, signed_error
from .training_user import TrainingUser

__all__ = [
    "EVALUATION_PROTOCOLS",
    "SCRIBBLE_CAP",
    "BoxUser",
    "CentreClickUser",
    "LassoUser",
    "PromptProtocol",
    "RandomClickUser",
    "ScribbleUser",
    "TrainingUser",
    "WarmStartUser",
    "draw_user",
    "signed_error",
]


def draw_user(evaluation_share: float, rng: np.random.Generator) -> PromptProtocol:
    """A user for one training example: an evaluation protocol with the given probability.

    Among those, centerline scribbles come three times and centre clicks twice as often as the rest.
    """
    if rng.random() >= evaluation_share:
        return TrainingUser()
    names = list(EVALUATION_PROTOCOLS) + ["centerline-scribble"] * 2 + ["centre-click"]
    return EVALUATION_PROTOCOLS[names[int(rng.integers(len(names)))]]
