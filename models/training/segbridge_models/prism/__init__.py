"""PRISM: interactive segmentation of a volume patch by points, boxes, scribbles and corrections.

``config`` gives the sizes, ``model`` joins image encoder, prompt encoder, decoder and refiner,
``sparse_prompts`` makes the token batches.  All volumes are (B, channel, i, j, k) on a cubic grid
whose axes increase to the right, to anterior and to superior (canonical RAS).
"""

from .config import PUBLISHED, SMALL, PrismConfig
from .model import Features, Prism, Step

__all__ = ["PUBLISHED", "SMALL", "Features", "Prism", "PrismConfig", "Step"]
