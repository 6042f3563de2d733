"""The relative attention of PRISM's ViT as ONNX nodes, without the window's padding.

The formulas are those of ``prism.vision_transformer.RelativeAttention``; one batch entry, tokens
(1, N, dim) of a cube of g tokens a side.  In the comments H is the number of heads, c the width of
one, n the window.
"""

from __future__ import annotations

from typing import List

import numpy as np

from .graph import GraphBuilder


class RelativeAttentionGraph:
    """Adds attention blocks of one size to a graph."""

    def __init__(self, graph: GraphBuilder, tokens: int, dim: int, heads: int) -> None:
        self._graph = graph
        self._g = tokens
        self._heads = heads
        self._width = dim // heads

    def add(self, x: str, prefix: str, window: int) -> str:
        """Attention with the weights ``prefix``; a window beyond the cube counts its padding."""
        graph, g, heads, width = self._graph, self._g, self._heads, self._width
        count, scale = g**3, self._width**-0.5
        qkv = graph.reshape(graph.linear(x, f"{prefix}.qkv"), count, 3, heads, width)
        split = graph.nodes("Split", 3, graph.transpose(qkv, 1, 2, 0, 3), axis=0)
        q, k, v = (graph.reshape(part, heads, count, width) for part in split)
        bias = graph.reshape(graph.weight(f"{prefix}.qkv.bias"), 3, heads, 1, width)
        b_q, b_k, b_v = (
            graph.reshape(part, heads, 1, width)
            for part in graph.nodes("Split", 3, bias, axis=0)
        )
        a, b, c = self._terms(q, b_q, prefix, window)
        logits = graph.matmul(graph.scale(q, scale), graph.transpose(k, 0, 2, 1))
        logits = graph.reshape(logits, heads, g, g, g, g, g, g)
        logits = graph.add(logits, self._real(a, b, c))
        logits = graph.reshape(logits, heads, count, count)
        if window > g:
            mass = graph.reshape(self._padding_mass(a, b, c, window), heads, count, 1)
            to_key = graph.matmul(graph.scale(q, scale), graph.transpose(b_k, 0, 2, 1))
            logits = graph.concat([logits, graph.add(mass, to_key)], 2)
            v = graph.concat([v, b_v], 1)
        y = graph.matmul(graph.softmax(logits), v)
        y = graph.reshape(graph.transpose(y, 1, 0, 2), 1, count, heads * width)
        return graph.linear(y, f"{prefix}.proj")

    def _terms(self, q: str, b_q: str, prefix: str, window: int) -> List[str]:
        """A (H, d, h, w, n); B and C (H, d, h, n, n) with the padding's queries appended."""
        graph, g, heads, width = self._graph, self._g, self._heads, self._width
        tables = {axis: self._rows(f"{prefix}.rel_pos_{axis}", window) for axis in "dhw"}
        by_plane = graph.reshape(q, heads, g, g * g, width)
        cube = graph.reshape(q, heads, g, g, g, width)
        a = graph.matmul(by_plane, graph.slice(tables["d"], 0, 0, g))
        a = graph.reshape(a, heads, g, g, g, window)
        b = graph.matmul(cube, graph.slice(tables["h"], 0, 0, g))
        by_column = graph.transpose(cube, 0, 1, 3, 2, 4)
        c = graph.matmul(by_column, graph.slice(tables["w"], 0, 0, g))
        c = graph.transpose(c, 0, 1, 3, 2, 4)
        if window > g:
            query = graph.reshape(b_q, heads, 1, 1, width)
            shape = graph.integers(heads, g, g, window - g, window)
            of_h = graph.matmul(query, graph.slice(tables["h"], 0, 0, g))
            of_h = graph.node("Expand", graph.reshape(of_h, heads, 1, g, 1, window), shape)
            of_w = graph.matmul(query, graph.slice(tables["w"], 0, g, window))
            of_w = graph.reshape(of_w, heads, 1, 1, window - g, window)
            of_w = graph.node("Expand", of_w, shape)
            b, c = graph.concat([b, of_h], 3), graph.concat([c, of_w], 3)
        return [a, b, c]

    def _rows(self, table: str, window: int) -> str:
        """R transposed to (p, c, r), with R[p, r] = table[p - r + n - 1]."""
        p, r = np.mgrid[:window, :window]
        indices = self._graph.constant(p - r + window - 1, np.int64)
        rows = self._graph.node("Gather", self._graph.weight(table), indices, axis=0)
        return self._graph.transpose(rows, 0, 2, 1)

    def _real(self, a: str, b: str, c: str) -> str:
        """A + B + C over the real keys, to be added to (H, d, h, w, d', h', w')."""
        graph, g = self._graph, self._g
        a = graph.slice(a, 4, 0, g)
        b, c = (graph.slice(graph.slice(term, 3, 0, g), 4, 0, g) for term in (b, c))
        shared = graph.add(graph.unsqueeze(b, 3, 5), graph.unsqueeze(c, 3, 4))
        return graph.add(graph.unsqueeze(a, 4, 5), shared)

    def _padding_mass(self, a: str, b: str, c: str, window: int) -> str:
        """log sum exp of A + B + C over the padding of the window, (H, d, h, w)."""
        graph, g = self._graph, self._g

        def over(term: str, start: int, end: int) -> str:
            part = graph.slice(term, 3, start, end)
            return graph.node("ReduceLogSumExp", part, axes=[3], keepdims=0)

        b_all, c_all = over(b, 0, window), over(c, 0, window)
        b_real, b_pad = over(b, 0, g), over(b, g, window)
        c_pad = over(c, g, window)
        parts = [
            graph.slice(graph.add(b_all, c_all), 3, g, window),
            graph.slice(graph.add(b_pad, c_all), 3, 0, g),
            graph.slice(graph.add(b_real, c_pad), 3, 0, g),
        ]
        beyond, within = graph.slice(a, 4, g, window), graph.slice(a, 4, 0, g)
        ours = graph.concat([beyond, within, within], 4)
        total = graph.add(ours, graph.unsqueeze(graph.concat(parts, 3), 3))
        return graph.node("ReduceLogSumExp", total, axes=[4], keepdims=0)
