"""The transformer path of the image encoder: a ViT over cubic patches."""

from __future__ import annotations

from typing import Tuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..layers import Mlp

NORM_EPSILON = 1e-6


def relative_rows(table: Tensor, positions: int, window: int) -> Tensor:
    """R[p, r] = table[p - r + n - 1] for p < positions and r < window, as (p, r, channel).

    ``table`` has 2 n - 1 rows; a grid smaller than n uses the rows near the middle.
    """
    p = torch.arange(positions, device=table.device)[:, None]
    r = torch.arange(window, device=table.device)[None, :]
    return table[p - r + (table.shape[0] - 1) // 2]


class RelativeAttention(nn.Module):
    """Self-attention over a cube of tokens with the published relative positions.

    With A(d,h,w,r) = q(d,h,w).R_d[d,r], B(d,h,w,r) = q(d,h,w).R_h[h,r] and
    C(d,h,w,r) = q(d,h,w).R_w[w,r], where q is not scaled, the published network computes

      logit((d,h,w), (d',h',w')) = scale q.k + A(d,h,w,w') + B(d,h,d',w') + C(d,h,h',w'):

    every term follows the key's last coordinate, and the last two use the queries of the tokens
    (d,h,d') and (d,h,h').  The weights depend on it.

    A window larger than the cube means that the published network pads the cube with zero tokens
    at the end of each axis, whose q, k and v are the biases, and does not mask them.  All of them
    have one key and one value, so that they act as one further key, the logarithm of whose mass is

      scale q.b_k + log sum exp, over the padding (d',h',w'), of A + B + C,

    a sum that factors into sums over d' and h' for each w'.
    """

    def __init__(self, dim: int, heads: int, window: int) -> None:
        super().__init__()
        self.heads = heads
        self.window = window
        self.qkv = nn.Linear(dim, 3 * dim)
        self.proj = nn.Linear(dim, dim)
        rows = 2 * window - 1
        self.rel_pos_d = nn.Parameter(torch.zeros(rows, dim // heads))
        self.rel_pos_h = nn.Parameter(torch.zeros(rows, dim // heads))
        self.rel_pos_w = nn.Parameter(torch.zeros(rows, dim // heads))

    def forward(self, x: Tensor, padded: bool) -> Tensor:
        """x (B, g, g, g, dim); ``padded`` says whether the window's padding takes part."""
        batch, g = x.shape[:2]
        width = x.shape[-1] // self.heads
        cube = (batch, self.heads, g, g, g, width)
        q, k, v = self.qkv(x).reshape(batch, g**3, 3, self.heads, width).permute(2, 0, 3, 1, 4)
        grid = q.reshape(cube)
        n = self.window if padded else g
        a = self._term(grid, "d", n)
        b = self._with_padding(self._term(grid, "h", n), "h", n)
        c = self._with_padding(self._term(grid, "w", n), "w", n)
        logits = (width**-0.5 * q) @ k.transpose(-2, -1)
        logits = logits.reshape(batch, self.heads, g, g, g, g, g, g)
        # Axes: batch, head, d, h, w, d', h', w'.
        shared = b[..., None, :g, None, :g] + c[..., None, None, :g, :g]
        logits = logits + a[..., None, None, :g] + shared
        logits = logits.reshape(batch, self.heads, g**3, g**3)
        if n > g:
            key, value = self.qkv.bias.reshape(3, self.heads, 1, width)[1:]
            mass = padding_mass(a, b, c, g).reshape(batch, self.heads, g**3, 1)
            mass = mass + width**-0.5 * (q @ key.transpose(-2, -1))
            logits = torch.cat([logits, mass], dim=-1)
            v = torch.cat([v, value.expand(batch, -1, -1, -1)], dim=-2)
        y = torch.softmax(logits, dim=-1) @ v
        return self.proj(y.transpose(1, 2).reshape(x.shape))

    def _term(self, q: Tensor, axis: str, window: int) -> Tensor:
        """q.R_axis with R taken at the token's position on that axis: (B, head, d, h, w, r)."""
        table = getattr(self, f"rel_pos_{axis}")
        rows = relative_rows(table, q.shape[2], window)
        place = "dhw".index(axis) + 2
        moved = q.movedim(place, -2)
        return torch.einsum("...pc,prc->...pr", moved, rows).movedim(-2, place)

    def _with_padding(self, term: Tensor, axis: str, window: int) -> Tensor:
        """The term with its third axis lengthened to the window by the padding's queries."""
        g = term.shape[4]
        if window == g:
            return term
        query = self.qkv.bias.reshape(3, self.heads, -1)[0]
        rows = relative_rows(getattr(self, f"rel_pos_{axis}"), window, window)
        # A padding token (d, h, t), t >= g, has the position h on the second axis, t on the third.
        rows = rows[:g, None].expand(-1, window - g, -1, -1) if axis == "h" else rows[None, g:]
        padding = torch.einsum("nc,htrc->nhtr", query, rows)[None, :, None]
        shape = (*term.shape[:4], window - g, window)
        return torch.cat([term, padding.expand(shape)], dim=4)


def padding_mass(a: Tensor, b: Tensor, c: Tensor, g: int) -> Tensor:
    """log sum exp of A + B + C over the padding of the window, for each token (B, head, d, h, w).

    a is (B, head, d, h, w, n), b and c are (B, head, d, h, n, n), n > g.  Padding is w' >= g with
    any d', h'; or w' < g with d' >= g and any h'; or w', d' < g with h' >= g.
    """
    b_real, b_pad, b_all = (torch.logsumexp(s, dim=4) for s in (b[..., :g, :], b[..., g:, :], b))
    c_pad, c_all = (torch.logsumexp(s, dim=4) for s in (c[..., g:, :], c))
    beyond = (b_all + c_all)[..., g:]
    within = torch.cat([(b_pad + c_all)[..., :g], (b_real + c_pad)[..., :g]], dim=-1)
    parts = torch.cat([beyond, within], dim=-1)[..., None, :]
    return torch.logsumexp(torch.cat([a[..., g:], a[..., :g], a[..., :g]], dim=-1) + parts, dim=-1)


class Block(nn.Module):
    """A pre-norm transformer block with residuals."""

    def __init__(self, dim: int, heads: int, hidden: int, window: int, windowed: bool) -> None:
        super().__init__()
        self.windowed = windowed
        self.norm1 = nn.LayerNorm(dim, eps=NORM_EPSILON)
        self.attn = RelativeAttention(dim, heads, window)
        self.norm2 = nn.LayerNorm(dim, eps=NORM_EPSILON)
        self.mlp = Mlp(dim, hidden, nn.GELU())

    def forward(self, x: Tensor) -> Tensor:
        x = x + self.attn(self.norm1(x), self.windowed)
        return x + self.mlp(self.norm2(x))


class PatchEmbed(nn.Module):
    """Cubic patches to tokens: (B, 1, G, G, G) to (B, g, g, g, dim)."""

    def __init__(self, patch: int, dim: int) -> None:
        super().__init__()
        self.proj = nn.Conv3d(1, dim, patch, stride=patch)

    def forward(self, image: Tensor) -> Tensor:
        return self.proj(image).movedim(1, -1)


def resized_positions(table: Tensor, tokens: int) -> Tensor:
    """Learned positions (1, n, n, n, dim) for another number of tokens, trilinear half-pixel."""
    size: Tuple[int, int, int] = (tokens, tokens, tokens)
    if table.shape[1:4] == size:
        return table
    moved = functional.interpolate(
        table.movedim(-1, 1), size=size, mode="trilinear", align_corners=False
    )
    return moved.movedim(1, -1)
