"""A simulated user with a network, on whole volumes: what a session on the server comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import List, Optional, Sequence

import numpy as np
import torch
from torch import Tensor

from ..prism import Features, Prism
from ..prism.model import select
from ..prism.sparse_prompts import SparsePrompts, collate
from ..prompts.volume import PromptMaps, StepPrompts
from ..volumes.normalise import normalise
from ..volumes.cases import VolumeCase
from ..volumes.patch import FittedSpacing, PatchFrame, onto_volume, sample
from .placement import Placement, Span, span_of, union
from .users import Manner, SimulatedUser

TOKEN_LIMIT = 512
OUTSIDE = -4.0


def dice(a: np.ndarray, b: np.ndarray) -> float:
    """Of two bool arrays, 1 where both are empty."""
    total = int(a.sum()) + int(b.sum())
    return 2.0 * int((a & b).sum()) / total if total else 1.0


def _around(voxels: np.ndarray) -> Optional[Span]:
    """The tight box of voxels (n, 3), None of none."""
    return (voxels.min(axis=0), voxels.max(axis=0)) if len(voxels) else None


@dataclass
class Played:
    """Dice on the volume's grid after every step; on the patch per candidate, with its score."""

    dice: List[float] = field(default_factory=list)
    candidates: List[List[float]] = field(default_factory=list)
    scores: List[List[float]] = field(default_factory=list)
    mask: Optional[np.ndarray] = None


class Session:
    """One object of one volume, prompted until the steps are over.

    Prompts are drawn on the errors as they appear on the patch; the box is tight on the volume.
    """

    def __init__(
        self,
        model: Prism,
        case: VolumeCase,
        truth: np.ndarray,
        manner: Manner,
        rule: FittedSpacing,
        seed: int,
    ) -> None:
        self._model = model.eval()
        self._device = next(model.parameters()).device
        self._case, self._truth = case, truth
        self._rng = np.random.default_rng(seed)
        self._user = SimulatedUser(manner, jitter=False)
        self._box = span_of(truth) if manner.boxed else None
        self._placement = Placement(truth.shape, case.spacing, model.config.grid, rule)
        self._given: List[StepPrompts] = []  # voxels of the volume
        self._frame: Optional[PatchFrame] = None
        self._features: Optional[Features] = None
        self._image: Optional[Tensor] = None
        self._logits: Optional[Tensor] = None
        self.played = Played(mask=np.zeros_like(truth))

    @torch.no_grad()
    def run(self, steps: int) -> Played:
        """Play the steps; a user who sees no error has nothing to do, the mask stays."""
        for _ in range(steps):
            self._step()
            self.played.dice.append(dice(self.played.mask, self._truth))
        return self.played

    def _place(self) -> None:
        inside = union(*(_around(given.positive) for given in self._given))
        prompts = union(*(_around(v) for p in self._given[-1:] for v in (p.positive, p.negative)))
        frame = self._placement.place(
            self._frame, self._box, span_of(self.played.mask), inside, prompts
        )
        if frame is self._frame:
            return
        if self._logits is not None:
            old = self._frame
            shift = frame.centre - (old.centre - np.diag(old.axes) * (frame.grid - 1) / 2.0)
            moved = PatchFrame(shift, frame.axes, frame.grid)
            logits = self._logits[0, 0].cpu().numpy()
            moved_logits = sample(logits, np.diag(old.axes), moved, OUTSIDE)[None, None]
            self._logits = moved_logits.to(self._device)
        self._frame = frame
        case = self._case
        seen = sample(case.image, case.spacing, frame, np.nan) * case.scale + case.offset
        self._image = normalise(seen, case.hounsfield)[None, None].to(self._device)
        self._features = self._model.encode(self._image)

    def _first_click(self) -> StepPrompts:
        voxels = np.argwhere(self._truth)
        chosen = voxels[self._rng.integers(len(voxels))][None]
        return StepPrompts(chosen, np.empty((0, 3), dtype=np.int64))

    def _to_volume(self, voxels: np.ndarray) -> np.ndarray:
        frame = self._frame
        offset = (np.asarray(voxels).reshape(-1, 3) - (frame.grid - 1) / 2.0) @ frame.axes.T
        at = np.rint((frame.centre + offset) / np.asarray(self._case.spacing)).astype(np.int64)
        return np.clip(at, 0, np.array(self._truth.shape) - 1)

    def _to_patch(self, prompts: StepPrompts) -> StepPrompts:
        def move(voxels: np.ndarray) -> np.ndarray:
            at = np.rint(self._frame.to_patch(voxels * np.asarray(self._case.spacing)))
            inside = ((at >= 0) & (at < self._frame.grid)).all(axis=1)
            return np.unique(at[inside].astype(np.int64), axis=0)

        return StepPrompts(move(prompts.positive), move(prompts.negative))

    def _step(self) -> None:
        if self._frame is None and self._box is None:
            prompts = self._first_click()
            self._given.append(prompts)
            self._place()
        else:
            self._place()
            prompts = self._corrections()
            if prompts.empty:
                self._repeat()
                return
            self._given.append(prompts)
        self._predict(self._to_patch(self._given[-1]))

    def _corrections(self) -> StepPrompts:
        truth = sample(self._truth.astype(np.uint8), self._case.spacing, self._frame, 0.0) >= 0.5
        shown = np.zeros(truth.shape, dtype=bool)
        if self._logits is not None:
            shown = (self._logits[0, 0] > 0).cpu().numpy()
        drawn = self._user.step(truth.numpy(), shown, None, self._rng)
        return StepPrompts(self._to_volume(drawn.positive), self._to_volume(drawn.negative))

    def _predict(self, prompts: StepPrompts) -> None:
        grid = self._frame.grid
        box = self._placement.box_on(self._frame, self._box)
        maps = PromptMaps(grid, box)
        for given in self._given:
            maps.add(self._to_patch(given))
        voxels, marks = prompts.tokens(TOKEN_LIMIT, self._rng)
        points, labels = (t.to(self._device) for t in collate([SparsePrompts(voxels, marks, box)]))
        previous = self._logits
        if previous is None:
            previous = torch.zeros(1, 1, grid, grid, grid, device=self._device)
        drawn = maps.tensor().to(self._device)
        candidates, scores = self._model.decode(self._features, points, labels, previous, drawn)
        self._logits, _ = self._model.refine(self._image, select(candidates, scores), drawn)
        shape, spacing = self._truth.shape, self._case.spacing
        logits = onto_volume(self._logits[0, 0], self._frame, shape, spacing, OUTSIDE)
        self.played.mask = logits > 0
        self.played.scores.append([float(s) for s in scores[0]])
        reached = [
            dice(onto_volume(c, self._frame, shape, spacing, OUTSIDE) > 0, self._truth)
            for c in candidates[0]
        ]
        self.played.candidates.append(reached)

    def _repeat(self) -> None:
        if self.played.scores:
            self.played.scores.append(self.played.scores[-1])
            self.played.candidates.append(self.played.candidates[-1])


def sessions(
    model: Prism,
    cases: Sequence[VolumeCase],
    manner: Manner,
    steps: int,
    rule: FittedSpacing,
    seed: int,
) -> List[Played]:
    """Every object of every case, in order."""
    played = []
    for n, case in enumerate(cases):
        for values in case.targets:
            truth = np.isin(case.label, values)
            played.append(Session(model, case, truth, manner, rule, seed + n).run(steps))
    return played
