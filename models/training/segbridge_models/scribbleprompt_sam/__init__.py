"""ScribblePrompt-SAM: a ViT image encoder, a prompt encoder and a mask decoder.

State-dict names are those of the published Segment Anything ViT-B checkpoints.  Points are (x, y)
in the encoder's square frame; images are grey in [0, 1].
"""

from .config import PUBLISHED, SamConfig
from .model import ScribblePromptSam

__all__ = ["PUBLISHED", "SamConfig", "ScribblePromptSam"]
