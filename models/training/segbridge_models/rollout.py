"""Plays a simulated user against a network and scores every step."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Iterator, List, Sequence

import numpy as np
import torch
from torch import nn

from .data.open_datasets import Dataset
from .data.resize import to_grid
from .data.slices import evaluation_targets
from .data.window import apply_window, percentile_window
from .prompts.encode import Prompts, embed
from .prompts.protocol import PromptProtocol


@dataclass(frozen=True)
class Pair:
    """One image (size, size) in [0, 1] and its object (size, size) bool."""

    dataset: str
    name: str
    image: np.ndarray
    truth: np.ndarray


def dice(truth: np.ndarray, predicted: np.ndarray) -> float:
    """2 |A and B| / (|A| + |B|); 1 where both are empty."""
    total = int(truth.sum()) + int(predicted.sum())
    return 2.0 * int((truth & predicted).sum()) / total if total else 1.0


def evaluation_pairs(datasets: Sequence[Dataset], size: int, minimum_pixels: int) -> Iterator[Pair]:
    """Every evaluation target of the datasets on the network's grid, windowed by percentiles.

    Targets with fewer than ``minimum_pixels`` pixels left on the grid are not scored.
    """
    for dataset in datasets:
        for case in dataset.cases:
            for target in evaluation_targets(case):
                truth = to_grid(target.target, size) >= 0.5
                if np.count_nonzero(truth) < minimum_pixels:
                    continue
                native = target.image
                image = to_grid(apply_window(native, percentile_window(native)), size)
                place = f"/{'kji'[target.axis]}{target.index}" if case.volumetric else ""
                name = f"{case.identifier}{place}/label{target.values[0]}"
                yield Pair(dataset.name, name, image, truth)


def play(
    model: nn.Module,
    pairs: Sequence[Pair],
    protocol: PromptProtocol,
    steps: int,
    seed: int,
    batch: int = 16,
) -> np.ndarray:
    """Dice (pairs, steps) of the thresholded prediction after every step.

    Each pair has its own random stream, made from the seed and the pair's name, so that a result
    does not depend on which other pairs are played.
    """
    scores = np.zeros((len(pairs), steps))
    for first in range(0, len(pairs), batch):
        chunk = pairs[first : first + batch]
        for step, state in enumerate(rounds(model, chunk, protocol, steps, seed)):
            scores[first : first + len(chunk), step] = [
                dice(p.truth, z >= 0) for p, z in zip(chunk, state.logits)
            ]
    return scores


@dataclass(frozen=True)
class Round:
    """After a step: the prompts so far and the logits (size, size), one of each per pair."""

    prompts: List[Prompts]
    logits: List[np.ndarray]


def rounds(
    model: nn.Module, pairs: Sequence[Pair], protocol: PromptProtocol, steps: int, seed: int
) -> Iterator[Round]:
    """Play all pairs at once; the prompts of a round are those of the next one too, and grow."""
    streams = [
        np.random.default_rng([seed, zlib.crc32(f"{p.dataset}/{p.name}".encode())]) for p in pairs
    ]
    prompts: List[Prompts] = [Prompts(p.image.shape) for p in pairs]
    logits: List[np.ndarray] = []
    parameter = next(model.parameters(), None)
    device = torch.device("cpu") if parameter is None else parameter.device
    for step in range(steps):
        for i, pair in enumerate(pairs):
            if step == 0:
                protocol.start(pair.truth, prompts[i], streams[i])
            else:
                protocol.correct(pair.truth, logits[i] >= 0, prompts[i], streams[i])
        inputs = np.stack(
            [
                embed(p.image, q, logits[i] if step else None)
                for i, (p, q) in enumerate(zip(pairs, prompts))
            ]
        )
        with torch.no_grad():
            logits = list(model(torch.from_numpy(inputs).to(device))[:, 0].cpu().numpy())
        yield Round(prompts, logits)
