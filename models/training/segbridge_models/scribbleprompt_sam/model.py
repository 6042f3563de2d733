"""ScribblePrompt-SAM: encode an image once, then decode prompts."""

from __future__ import annotations

from typing import Tuple

from torch import Tensor, nn
from torch.nn import functional

from .config import PUBLISHED, SamConfig
from .image_encoder import ImageEncoder
from .mask_decoder import MaskDecoder
from .prompt_encoder import PromptEncoder

PIXEL_MEAN = (123.675, 116.28, 103.53)
PIXEL_STD = (58.395, 57.12, 57.375)


class ScribblePromptSam(nn.Module):
    """The network; ``state_dict`` has the names and shapes of the published checkpoints."""

    def __init__(self, config: SamConfig = PUBLISHED) -> None:
        super().__init__()
        self.config = config
        self.image_encoder = ImageEncoder(config)
        self.prompt_encoder = PromptEncoder(config)
        self.mask_decoder = MaskDecoder(config)

    def encode(self, image: Tensor) -> Tensor:
        """Embedding (B, prompt_dim, grid, grid) of grey images (B, 1, H, W) in [0, 1].

        Resizes bilinearly (half-pixel, not antialiased, aspect ratio not kept) to the encoder's
        square, repeats to RGB, scales by 255 and normalises each channel.
        """
        if image.ndim != 4 or image.shape[1] != 1:
            raise ValueError(f"image must be (B, 1, H, W), got {tuple(image.shape)}")
        side = self.config.image_size
        square = functional.interpolate(image, (side, side), mode="bilinear", align_corners=False)
        mean = image.new_tensor(PIXEL_MEAN).reshape(1, 3, 1, 1)
        std = image.new_tensor(PIXEL_STD).reshape(1, 3, 1, 1)
        return self.image_encoder((255.0 * square - mean) / std)

    def decode(
        self, embedding: Tensor, coordinates: Tensor, labels: Tensor, mask: Tensor | None = None
    ) -> Tuple[Tensor, Tensor]:
        """Mask logits (B, masks, mask_size, mask_size) and their qualities (B, masks).

        Args:
            embedding: what ``encode`` returned.
            coordinates: (B, N, 2) of (x, y) in the encoder's square frame, before the half-pixel
                shift; ``labels`` (B, N) as ``PromptEncoder.points`` says.  Without a box a point
                of label -1 belongs among them.
            mask: previous logits (B, 1, mask_size, mask_size).
        """
        if coordinates.shape[:2] != labels.shape or coordinates.shape[-1] != 2:
            raise ValueError(
                "coordinates must be (B, N, 2) and labels (B, N), got "
                f"{tuple(coordinates.shape)} and {tuple(labels.shape)}"
            )
        prompts = self.prompt_encoder.points(coordinates, labels)
        dense = self.prompt_encoder.dense(mask, len(embedding))
        return self.mask_decoder(embedding, self.prompt_encoder.positions(), prompts, dense)
