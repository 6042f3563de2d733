"""The two-way transformer of ScribblePrompt-SAM's mask decoder as part of an ONNX graph."""

from __future__ import annotations

from typing import Tuple

from ..scribbleprompt_sam import SamConfig
from .graph import GraphBuilder

_PREFIX = "mask_decoder.transformer"
_EPSILON = 1e-5


def _attention(g: GraphBuilder, config: SamConfig, prefix: str, q: str, k: str, v: str) -> str:
    inner = config.prompt_dim
    if not prefix.endswith("self_attn"):
        inner //= config.attention_downsample
    heads = config.decoder_heads
    q, k, v = (
        g.heads(g.linear(x, f"{prefix}.{name}_proj"), heads)
        for name, x in (("q", q), ("k", k), ("v", v))
    )
    joined = g.attention(q, k, v, (inner // heads) ** -0.5)
    return g.linear(joined, f"{prefix}.out_proj")


def _block(
    g: GraphBuilder, config: SamConfig, number: int, tokens: str, image: str, codes: Tuple[str, str]
) -> Tuple[str, str]:
    prefix = f"{_PREFIX}.layers.{number}"
    token_codes, image_codes = codes

    def norm(x: str, index: int) -> str:
        return g.layer_norm(x, f"{prefix}.norm{index}", _EPSILON)

    own = f"{prefix}.self_attn"
    if number == 0:
        tokens = _attention(g, config, own, tokens, tokens, tokens)
    else:
        q = g.add(tokens, token_codes)
        tokens = g.add(tokens, _attention(g, config, own, q, q, tokens))
    tokens = norm(tokens, 1)
    keys = g.add(image, image_codes)
    looked = _attention(
        g,
        config,
        f"{prefix}.cross_attn_token_to_image",
        g.add(tokens, token_codes),
        keys,
        image,
    )
    tokens = norm(g.add(tokens, looked), 2)
    hidden = g.relu(g.linear(tokens, f"{prefix}.mlp.lin1"))
    tokens = norm(g.add(tokens, g.linear(hidden, f"{prefix}.mlp.lin2")), 3)
    told = _attention(
        g,
        config,
        f"{prefix}.cross_attn_image_to_token",
        keys,
        g.add(tokens, token_codes),
        tokens,
    )
    return tokens, norm(g.add(image, told), 4)


def two_way_transformer(
    g: GraphBuilder, config: SamConfig, tokens: str, image: str, image_codes: str
) -> Tuple[str, str]:
    """Tokens (1, N, dim) and image (1, P, dim) after all blocks and the last look at the image."""
    codes = (tokens, image_codes)
    for number in range(config.decoder_depth):
        tokens, image = _block(g, config, number, tokens, image, codes)
    looked = _attention(
        g,
        config,
        f"{_PREFIX}.final_attn_token_to_image",
        g.add(tokens, codes[0]),
        g.add(image, image_codes),
        image,
    )
    return g.layer_norm(g.add(tokens, looked), f"{_PREFIX}.norm_final_attn", _EPSILON), image
