"""The training loop of a PRISM network as a resumable object.

A batch is encoded once and played for a few steps, each fed with the detached logits of the one
before.  Gradients of the features gather over the steps and go through the encoder once, so that
memory holds one step at a time.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np
import torch
from torch import Tensor

from ..prism import Features, Prism
from ..prism.model import select
from ..prism.sparse_prompts import SparsePrompts, collate
from ..prompts.volume import Box, PromptMaps
from ..training.device import Device, choose
from ..training.optimiser import Optimiser
from ..training.settings import phase_at
from ..volumes.sampler import VolumeSampler
from . import losses
from .settings import VolumeSettings
from .users import SimulatedUser


@dataclass
class Game:
    """One example in play: normalised image and truth (G, G, G), its user, box and maps."""

    image: Tensor
    truth: np.ndarray
    user: SimulatedUser
    box: Optional[Box]
    maps: PromptMaps


class VolumeTrainer:
    """Model, optimiser, averaged weights and random state."""

    def __init__(
        self, settings: VolumeSettings, sampler: VolumeSampler, device: Optional[Device] = None
    ) -> None:
        self.settings = settings
        self.sampler = sampler
        self._machine = device or choose("cpu")
        self.device = self._machine.torch
        self.rng = np.random.default_rng(settings.seed)
        torch.manual_seed(settings.seed)
        self.model = Prism(settings.network).to(self.device)
        self.optimiser = Optimiser(self.model, settings.optimisation, self._machine)
        self.examples = 0

    @property
    def average(self) -> Prism:
        return self.optimiser.average

    @property
    def step(self) -> int:
        return self.optimiser.step

    def advance(self, progress: float) -> Dict[str, float]:
        """One optimiser step at a share of the budget; loss, and Dice of first and last steps."""
        phase = phase_at(self.settings.phases, progress)
        count = int(self.rng.integers(phase.steps[0], phase.steps[1] + 1))
        games = [self._new_game(phase.grid) for _ in range(phase.batch)]
        self.optimiser.zero_grad()
        result = self._play(games, count)
        self.optimiser.update(progress, result["loss"])
        self.examples += len(games)
        return result

    def _new_game(self, grid: int) -> Game:
        manner = self.settings.manners.draw(self.rng)
        example = self.sampler.draw(grid, manner.boxed, self.rng)
        user = SimulatedUser(manner, jitter=True)
        truth = example.truth.numpy()
        box = user.draw_box(truth, self.rng)
        return Game(example.image, truth, user, box, PromptMaps(grid, box))

    def _prompt(self, games: Sequence[Game], previous: Tensor) -> Tuple[Tensor, Tensor, Tensor]:
        """The next step's points, labels and maps of every game."""
        sparse = []
        for game, inside in zip(games, (previous[:, 0] > 0).cpu().numpy()):
            prompts = game.user.step(game.truth, inside, game.box, self.rng)
            game.maps.add(prompts)
            voxels, marks = prompts.tokens(self.settings.token_limit, self.rng)
            sparse.append(SparsePrompts(voxels, marks, game.box))
        points, labels = collate(sparse)
        maps = torch.cat([game.maps.tensor() for game in games])
        return points.to(self.device), labels.to(self.device), maps.to(self.device)

    def _play(self, games: Sequence[Game], count: int) -> Dict[str, float]:
        """Gradients of a batch played for ``count`` steps."""
        image = torch.stack([game.image for game in games])[:, None].to(self.device)
        truth = torch.from_numpy(np.stack([game.truth for game in games])).float()
        target = truth[:, None].to(self.device)
        with self._machine.autocast():
            features = self.model.encode(image)
        leaves = _leaves(features)
        previous = torch.zeros_like(target)
        before = torch.zeros(len(games), 1, device=self.device)
        weights = self.settings.loss
        total, reached = 0.0, []
        for _ in range(count):
            points, labels, maps = self._prompt(games, previous)
            with self._machine.autocast():
                candidates, scores = self.model.decode(leaves, points, labels, previous, maps)
                refined, _ = self.model.refine(image, select(candidates, scores), maps)
            candidates, scores, refined = candidates.float(), scores.float(), refined.float()
            loss = losses.candidate_loss(candidates, scores, target, weights)
            loss = loss + losses.refinement_loss(refined, target, before, weights)
            self.optimiser.scale(loss / count).backward()
            previous = refined.detach()
            before = losses.soft_dice(previous, target)
            total += float(loss.detach()) / count
            reached.append(float(losses.dice(previous, target).mean()))
        gradients = [leaf.grad for leaf in (leaves.embedding, *leaves.skips)]
        torch.autograd.backward([features.embedding, *features.skips], gradients)
        return {"loss": total, "first": reached[0], "last": reached[-1]}

    def state(self) -> Dict[str, Any]:
        """All that is needed to go on from here."""
        return {
            "settings": dataclasses.asdict(self.settings),
            **self.optimiser.state(),
            "rng": self.rng.bit_generator.state,
            "examples": self.examples,
        }

    def restore(self, state: Dict[str, Any]) -> None:
        """Take over a saved state; the network must be that of the settings."""
        network = dataclasses.asdict(self.settings.network)
        if state["settings"]["network"] != network:
            raise ValueError(
                f"the checkpoint has the network {state['settings']['network']}, "
                f"the settings {network}"
            )
        self.optimiser.restore(state)
        self.rng.bit_generator.state = state["rng"]
        self.examples = state["examples"]


def _leaves(features: Features) -> Features:
    """The features cut off from the encoder, gathering gradients."""

    def leaf(tensor: Tensor) -> Tensor:
        return tensor.detach().requires_grad_()

    skips: List[Tensor] = [leaf(s) for s in features.skips]
    return Features(leaf(features.embedding), skips)
