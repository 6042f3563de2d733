"""The whole network: encode a patch once, then decode and refine at every step."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from .config import PUBLISHED, PrismConfig
from .decoder import MaskDecoder
from .encoder import ImageEncoder
from .prompt_encoder import PromptEncoder


@dataclass(frozen=True)
class Features:
    """What a patch is encoded to: ``embedding`` (B, C, g, g, g) and per level the skip halves.

    ``skips[l]`` is the share of the map f_l in the first convolution of the decoder's
    ``upcat_{l+1}``, bias included: it does not change between steps.
    """

    embedding: Tensor
    skips: Sequence[Tensor]


@dataclass(frozen=True)
class Step:
    """Result of one step; ``selected`` is the candidate with the highest score."""

    candidates: Tensor
    scores: Tensor
    selected: Tensor
    refined: Tensor
    error: Tensor


class Prism(nn.Module):
    """PRISM with the published state-dict keys; everything is differentiable and batched."""

    def __init__(self, config: PrismConfig = PUBLISHED) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.prompt_encoder = PromptEncoder(config)
        self.mask_decoder = MaskDecoder(config)

    def encode(self, image: Tensor) -> Features:
        """Normalised image (B, 1, G, G, G) to features, once per patch."""
        embedding, maps = self.image_encoder(image)
        return Features(embedding, self.mask_decoder.decoder.skip_halves(maps))

    def decode(
        self,
        features: Features,
        points: Tensor,
        labels: Tensor,
        previous_logits: Tensor,
        prompt_maps: Optional[Tensor] = None,
    ) -> Tuple[Tensor, Tensor]:
        """Candidates (B, K, G, G, G), logits, and scores (B, K), predicted Dice in [0, 1].

        Only the prompts of this step: points (B, N, 3), labels (B, N), see ``sparse_prompts``.
        previous_logits (B, 1, G, G, G) are the refined ones of the step before, zero at first;
        prompt_maps (B, P, G, G, G) only where the configuration has dense maps.
        """
        tokens, keys = self.prompt_encoder(
            features.embedding, points, labels, previous_logits, prompt_maps
        )
        return self.mask_decoder(tokens, keys, features.skips)

    def refine(self, image: Tensor, logits: Tensor, prompt_maps: Tensor) -> Tuple[Tensor, Tensor]:
        """Refined logits and error map, each (B, 1, G, G, G), of one candidate (B, 1, G, G, G)."""
        return self.mask_decoder.refine(image, logits, prompt_maps)

    def forward(
        self,
        image: Tensor,
        features: Features,
        points: Tensor,
        labels: Tensor,
        previous_logits: Tensor,
        prompt_maps: Tensor,
    ) -> Step:
        """One step: decode, select by score, refine."""
        dense = prompt_maps if self.config.dense_maps else None
        candidates, scores = self.decode(features, points, labels, previous_logits, dense)
        selected = select(candidates, scores)
        refined, error = self.refine(image, selected, prompt_maps)
        return Step(candidates, scores, selected, refined, error)


def select(candidates: Tensor, scores: Tensor) -> Tensor:
    """The candidate (B, 1, G, G, G) with the highest score of each sample."""
    rows = torch.arange(len(scores), device=scores.device)
    return candidates[rows, scores.argmax(dim=1)][:, None]
