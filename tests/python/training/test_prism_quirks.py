"""PRISM's peculiarities against slow references that follow the definitions word by word."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch.nn import functional

from segbridge_models import golden
from segbridge_models.prism import PrismConfig
from segbridge_models.prism.decoder import UpCat
from segbridge_models.prism.encoder import ImageEncoder
from segbridge_models.prism.prompt_encoder import PositionCode, PromptEncoder
from segbridge_models.prism.refiner import Refiner
from segbridge_models.prism.vision_transformer import RelativeAttention

HEADS, WIDTH = 2, 4
DIM = HEADS * WIDTH
CONFIG = PrismConfig(
    grid=16,
    cnn_widths=(3, 4, 5, 12),
    vit_dim=8,
    vit_depth=3,
    vit_heads=2,
    vit_mlp=8,
    window=3,
    global_blocks=(1,),
    taps=(0, 2),
    transformer_heads=2,
    transformer_mlp=8,
)


def _filled(module):
    golden.fill(module)
    return module.requires_grad_(False)


def _slow_attention(attention: RelativeAttention, x: np.ndarray, n: int) -> np.ndarray:
    """Pads the cube x (g, g, g, dim) with zeros to n, attends token by token, crops again."""
    state = {k: v.numpy().astype(np.float64) for k, v in attention.state_dict().items()}
    g = len(x)
    padded = np.zeros((n, n, n, DIM))
    padded[:g, :g, :g] = x
    qkv = padded @ state["qkv.weight"].T + state["qkv.bias"]
    q, k, v = np.moveaxis(qkv.reshape(n, n, n, 3, HEADS, WIDTH), 3, 0)
    table = {a: state[f"rel_pos_{a}"] for a in "dhw"}

    def term(axis: str, head: int, token: tuple[int, int, int], r: int) -> float:
        row = table[axis][token["dhw".index(axis)] - r + n - 1]
        return float(q[token][head] @ row)

    places = [(a, b, c) for a in range(n) for b in range(n) for c in range(n)]
    out = np.zeros((g, g, g, HEADS, WIDTH))
    for d, h, w in ((a, b, c) for a, b, c in places if max(a, b, c) < g):
        for head in range(HEADS):
            logits = np.array(
                [
                    WIDTH**-0.5 * q[d, h, w][head] @ k[key][head]
                    + term("d", head, (d, h, w), key[2])
                    + term("h", head, (d, h, key[0]), key[2])
                    + term("w", head, (d, h, key[1]), key[2])
                    for key in places
                ]
            )
            share = np.exp(logits - logits.max())
            share /= share.sum()
            out[d, h, w, head] = sum(s * v[key][head] for s, key in zip(share, places))
    return out.reshape(g, g, g, DIM) @ state["proj.weight"].T + state["proj.bias"]


@pytest.mark.parametrize("window", [2, 3, 5])
def test_attention_follows_the_published_broadcasting_and_its_unmasked_padding(window):
    g = 2
    attention = _filled(RelativeAttention(DIM, HEADS, window))
    x = golden.uniform("in:tokens", (2, g, g, g, DIM)) * 4 - 2
    fast = attention(torch.from_numpy(x).float(), padded=True).numpy()
    for row in range(2):
        np.testing.assert_allclose(fast[row], _slow_attention(attention, x[row], window), atol=2e-5)


def test_attention_is_not_what_the_names_of_its_tables_suggest():
    g = 3
    attention = _filled(RelativeAttention(DIM, HEADS, g))
    x = torch.from_numpy(golden.uniform("in:tokens", (1, g, g, g, DIM)) * 4 - 2).float()
    q, k, v = attention.qkv(x).reshape(g**3, 3, HEADS, WIDTH).permute(1, 2, 0, 3)
    cube = q.reshape(HEADS, g, g, g, WIDTH)
    steps = torch.arange(g)
    rows = {a: getattr(attention, f"rel_pos_{a}")[steps[:, None] - steps + g - 1] for a in "dhw"}
    terms = [
        torch.einsum("ndhwc,drc->ndhwr", cube, rows["d"])[..., :, None, None],
        torch.einsum("ndhwc,hrc->ndhwr", cube, rows["h"])[..., None, :, None],
        torch.einsum("ndhwc,wrc->ndhwr", cube, rows["w"])[..., None, None, :],
    ]
    relative = sum(terms).reshape(HEADS, g**3, g**3)
    intended = torch.softmax(WIDTH**-0.5 * q @ k.transpose(-1, -2) + relative, dim=-1) @ v
    intended = attention.proj(intended.transpose(0, 1).reshape(x.shape))
    assert (attention(x, padded=False) - intended).abs().max() > 0.05


def test_the_dense_positional_code_exchanges_the_first_two_axes():
    code = _filled(PositionCode(12))
    matrix = code.positional_encoding_gaussian_matrix.numpy().astype(np.float64)
    grid = code.of_grid(4).reshape(4, 4, 4, 12).numpy()
    for i, j, k in ((0, 1, 2), (3, 0, 1), (2, 3, 0)):
        p = (np.array([j, i, k]) + 0.5) / 4
        a = 2 * math.pi * ((2 * p - 1) @ matrix)
        expected = np.concatenate([np.sin(a), np.cos(a), np.sin(a)])
        np.testing.assert_allclose(grid[i, j, k], expected, atol=1e-5)
        point = code(torch.tensor([(i + 0.5) / 4, (j + 0.5) / 4, (k + 0.5) / 4])).numpy()
        assert np.abs(point - expected).max() > 0.1


def test_sparse_tokens_add_the_embedding_of_their_label_to_the_code():
    encoder = _filled(PromptEncoder(CONFIG))
    points = torch.tensor([[[1.0, 5.0, 9.0]] * 6])
    tokens = encoder.sparse(points, torch.tensor([[0.0, 1.0, 2.0, 3.0, -1.0, -2.0]]), 16)[0]
    code = encoder.pe_layer((points[0, 0] + 0.5) / 16)
    for label in range(4):
        expected = code + encoder.point_embeddings[label].weight[0]
        torch.testing.assert_close(tokens[label], expected)
    torch.testing.assert_close(tokens[4], encoder.not_a_point_embed.weight[0])
    assert not tokens[5].any()


def test_the_skip_half_and_the_rest_make_the_convolution_of_what_is_joined():
    block = _filled(UpCat(6, 4, 3, 5))
    level = torch.from_numpy(golden.uniform("in:level", (1, 4, 6, 6, 6))).float()
    below = torch.from_numpy(golden.uniform("in:below", (1, 6, 3, 3, 3))).float()
    joined = torch.cat([level, block.upsample(below)], dim=1)
    torch.testing.assert_close(block(below, block.skip_half(level)), block.convs(joined))


def test_the_refiner_adds_a_product_at_half_resolution_to_the_pooled_logits():
    refiner = _filled(Refiner(4, 2))
    image = torch.from_numpy(golden.uniform("in:image", (1, 1, 8, 8, 8))).float()
    logits = torch.from_numpy(golden.uniform("in:logits", (1, 1, 8, 8, 8)) * 4 - 2).float()
    maps = (torch.from_numpy(golden.uniform("in:maps", (1, 2, 8, 8, 8))) > 0.9).float()

    def half(x):
        return functional.interpolate(x, size=(4, 4, 4), mode="trilinear", align_corners=False)

    def double(x):
        return functional.interpolate(x, size=(8, 8, 8), mode="trilinear", align_corners=False)

    inside = (torch.sigmoid(logits) > 0.5).float()
    h = refiner.first_conv(half(torch.cat([image, inside, maps], dim=1)))
    h = h + refiner.conv1(h)
    h = h + refiner.conv2(h)
    error = refiner.conv_error_map(h)
    refined, error_map = refiner(image, logits, maps)
    torch.testing.assert_close(refined, double(error * refiner.conv_correction(h) + half(logits)))
    torch.testing.assert_close(error_map, double(error))


def test_the_levels_add_the_taps_of_the_transformer_to_the_pyramid():
    encoder = _filled(ImageEncoder(CONFIG))
    image = torch.from_numpy(golden.uniform("in:vol", (1, 1, 16, 16, 16))).float()
    embedding, maps = encoder(image)
    pyramid = encoder.cnn_encoder(image)
    x = encoder.patch_embed(image) + encoder.pos_embed
    after = []
    for block in encoder.blocks:
        x = block(x)
        after.append(x.movedim(-1, 1))
    torch.testing.assert_close(maps[0], pyramid[0])
    torch.testing.assert_close(maps[1], pyramid[1] + encoder.neck_list[0](after[0]))
    torch.testing.assert_close(maps[2], pyramid[2] + encoder.neck_list[1](after[2]))
    torch.testing.assert_close(embedding, pyramid[3] + encoder.neck(after[2]))
