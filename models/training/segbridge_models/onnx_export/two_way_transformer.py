"""The two-way transformer of SAM and PRISM as ONNX nodes; one batch entry."""

from __future__ import annotations

from typing import Tuple

from .graph import GraphBuilder

NORM_EPSILON = 1e-5


class TwoWayTransformerGraph:
    """Adds a transformer whose weights begin with ``prefix``.

    ``heads`` is the number of heads of every attention.
    """

    def __init__(self, graph: GraphBuilder, prefix: str, depth: int, heads: int):
        self._graph = graph
        self._prefix = prefix
        self._depth = depth
        self._heads = heads

    def add(self, tokens: str, keys: str, places: str) -> Tuple[str, str]:
        """Tokens (1, N, width) and keys (1, M, width) after all layers and the last attention.

        ``places`` is the positional code of the keys, broadcastable to them.
        """
        queries = tokens
        for layer in range(self._depth):
            queries, keys = self._layer(layer, queries, keys, tokens, places)
        placed = self._graph.add(keys, places)
        queries = self._residual(
            queries,
            self._attend("final_attn_token_to_image", self._plus(queries, tokens), placed, keys),
            "norm_final_attn",
        )
        return queries, keys

    def _layer(
        self, number: int, queries: str, keys: str, tokens: str, places: str
    ) -> Tuple[str, str]:
        graph, name = self._graph, f"layers.{number}"
        if number == 0:
            attended = self._attend(f"{name}.self_attn", queries, queries, queries)
            queries = self._norm(attended, f"{name}.norm1")
        else:
            q = self._plus(queries, tokens)
            attended = self._attend(f"{name}.self_attn", q, q, queries)
            queries = self._residual(queries, attended, f"{name}.norm1")
        placed = graph.add(keys, places)
        attended = self._attend(
            f"{name}.cross_attn_token_to_image", self._plus(queries, tokens), placed, keys
        )
        queries = self._residual(queries, attended, f"{name}.norm2")
        hidden = graph.relu(graph.linear(queries, f"{self._prefix}.{name}.mlp.lin1"))
        mixed = graph.linear(hidden, f"{self._prefix}.{name}.mlp.lin2")
        queries = self._residual(queries, mixed, f"{name}.norm3")
        back = self._attend(
            f"{name}.cross_attn_image_to_token", placed, self._plus(queries, tokens), queries
        )
        return queries, self._residual(keys, back, f"{name}.norm4")

    def _attend(self, name: str, q: str, k: str, v: str) -> str:
        graph, prefix = self._graph, f"{self._prefix}.{name}"
        pairs = (("q_proj", q), ("k_proj", k), ("v_proj", v))
        split = [graph.heads(graph.linear(x, f"{prefix}.{p}"), self._heads) for p, x in pairs]
        inner = graph.shape_of(f"{prefix}.q_proj.weight")[0]
        scale = (inner // self._heads) ** -0.5
        return graph.linear(graph.attention(*split, scale=scale), f"{prefix}.out_proj")

    def _plus(self, a: str, b: str) -> str:
        return self._graph.add(a, b)

    def _norm(self, x: str, name: str) -> str:
        return self._graph.layer_norm(x, f"{self._prefix}.{name}", NORM_EPSILON)

    def _residual(self, x: str, change: str, name: str) -> str:
        return self._norm(self._graph.add(x, change), name)
