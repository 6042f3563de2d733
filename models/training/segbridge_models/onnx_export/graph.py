"""Builds an ONNX graph whose weights carry the names and shapes of a state dict.

Every method adds one operation and returns the name of its result, so that a network reads as it
does in PyTorch.  Weights are initialisers with their state-dict name; anything else the graph
needs is a constant whose name begins with ``CONSTANT_PREFIX``.  A weight on the meta device is
left without data (see ``weights.without_data``): a template of the published size costs no memory.
"""

from __future__ import annotations

import math
from typing import Sequence, Tuple

import onnx

from .graph_nodes import GraphNodes


class GraphBuilder(GraphNodes):
    """One graph; ``weights`` maps state-dict names to tensors (see the module)."""

    # -- arithmetic

    def add(self, a: str, b: str) -> str:
        return self.node("Add", a, b)

    def sub(self, a: str, b: str) -> str:
        return self.node("Sub", a, b)

    def mul(self, a: str, b: str) -> str:
        return self.node("Mul", a, b)

    def scale(self, x: str, factor: float) -> str:
        """``factor`` times x."""
        return self.mul(x, self.constant(factor))

    def matmul(self, a: str, b: str) -> str:
        return self.node("MatMul", a, b)

    def relu(self, x: str) -> str:
        return self.node("Relu", x)

    def leaky_relu(self, x: str, slope: float) -> str:
        return self.node("LeakyRelu", x, alpha=slope)

    def gelu(self, x: str) -> str:
        """x/2 (1 + erf(x / sqrt 2)), in the order in which ONNX Runtime knows it as one kernel."""
        inner = self.node("Erf", self.node("Div", x, self.constant(math.sqrt(2.0))))
        return self.scale(self.mul(x, self.add(inner, self.constant(1.0))), 0.5)

    def softmax(self, x: str, axis: int = -1) -> str:
        return self.node("Softmax", x, axis=axis)

    # -- shapes

    def reshape(self, x: str, *shape: int) -> str:
        """ONNX rules: 0 keeps a dimension, -1 takes the rest."""
        return self.node("Reshape", x, self.integers(*shape))

    def transpose(self, x: str, *order: int) -> str:
        return self.node("Transpose", x, perm=list(order))

    def unsqueeze(self, x: str, *axes: int) -> str:
        return self.node("Unsqueeze", x, self.integers(*axes))

    def concat(self, parts: Sequence[str], axis: int) -> str:
        return self.node("Concat", *parts, axis=axis)

    def slice(self, x: str, axis: int, start: int, end: int, step: int = 1) -> str:
        """x[start:end:step] along one axis."""
        bounds = [self.integers(value) for value in (start, end, axis, step)]
        return self.node("Slice", x, *bounds)

    # -- layers, by the prefix of their weights

    def linear(self, x: str, prefix: str) -> str:
        """torch.nn.Linear over the last axis, with its bias if it has one."""
        y = self.matmul(x, self.transpose(self.weight(f"{prefix}.weight"), 1, 0))
        bias = f"{prefix}.bias"
        return self.add(y, self.weight(bias)) if self.has_weight(bias) else y

    def perceptron(self, x: str, prefix: str) -> str:
        """Three linear layers with ReLU between them."""
        for layer in (0, 1):
            x = self.relu(self.linear(x, f"{prefix}.layers.{layer}"))
        return self.linear(x, f"{prefix}.layers.2")

    def fourier(self, places: str, prefix: str) -> Tuple[str, str]:
        """sin a and cos a of a = 2 pi (2p - 1) G, for p (..., axes) in [0, 1]."""
        signed = self.sub(self.scale(places, 2.0), self.constant(1.0))
        matrix = self.weight(f"{prefix}.positional_encoding_gaussian_matrix")
        angles = self.scale(self.matmul(signed, matrix), 2 * math.pi)
        return self.node("Sin", angles), self.node("Cos", angles)

    def conv(self, x: str, prefix: str, stride: int = 1, padding: int = 0) -> str:
        """Convolution in as many dimensions as the kernel has, with its bias if it has one."""
        return self._convolve("Conv", x, prefix, stride, padding)

    def conv_transpose(self, x: str, prefix: str, stride: int) -> str:
        """Transposed convolution without padding."""
        return self._convolve("ConvTranspose", x, prefix, stride, 0)

    def _convolve(self, operator: str, x: str, prefix: str, stride: int, padding: int) -> str:
        kernel = list(self._weights[f"{prefix}.weight"].shape[2:])
        inputs = [x, self.weight(f"{prefix}.weight")]
        if self.has_weight(f"{prefix}.bias"):
            inputs.append(self.weight(f"{prefix}.bias"))
        return self.node(
            operator,
            *inputs,
            kernel_shape=kernel,
            strides=[stride] * len(kernel),
            pads=[padding] * (2 * len(kernel)),
        )

    def layer_norm(self, x: str, prefix: str, epsilon: float) -> str:
        """LayerNorm over the last axis."""
        pair = [self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        return self.node("LayerNormalization", x, *pair, axis=-1, epsilon=epsilon)

    def channel_layer_norm(self, x: str, prefix: str, rank: int, epsilon: float = 1e-6) -> str:
        """LayerNorm over the channels (axis 1) at each place of a tensor of this rank."""
        last = self.transpose(x, 0, *range(2, rank), 1)
        normed = self.layer_norm(last, prefix, epsilon)
        return self.transpose(normed, 0, rank - 1, *range(1, rank - 1))

    def instance_norm(self, x: str, prefix: str, rank: int, epsilon: float = 1e-5) -> str:
        """Affine InstanceNorm of one sample of this rank, without running statistics.

        ONNX Runtime's own operator sums a whole channel in one go in float32, which at 128^3 is
        wrong from the fourth digit on.  Here rows are summed first, then their means.
        """
        pair = [self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        last, others = [rank - 1], [0, *range(2, rank - 1)]

        def rows(operator: str) -> str:
            sums = self.node(operator, x, axes=last, keepdims=0)
            return self.node("ReduceMean", sums, axes=others, keepdims=0)

        length = self.node("Shape", x, start=rank - 1)
        length = self.node("Cast", length, to=onnx.TensorProto.FLOAT)
        mean = rows("ReduceMean")
        square = self.node("Div", rows("ReduceSumSquare"), length)
        # Rounding can leave less than nothing of a channel that is the same everywhere.
        variance = self.relu(self.sub(square, self.mul(mean, mean)))
        return self.node("BatchNormalization", x, *pair, mean, variance, epsilon=epsilon)

    def heads(self, x: str, count: int) -> str:
        """(B, N, D) to (B, count, N, D / count)."""
        return self.transpose(self.reshape(x, 0, 0, count, -1), 0, 2, 1, 3)

    def attention(self, q: str, k: str, v: str, scale: float) -> str:
        """softmax(scale q k^T) v of (B, heads, N, d), heads joined again to (B, N, heads * d)."""
        logits = self.matmul(self.scale(q, scale), self.transpose(k, 0, 1, 3, 2))
        return self.join_heads(self.matmul(self.softmax(logits), v))

    def join_heads(self, x: str) -> str:
        """(B, heads, N, d) to (B, N, heads * d)."""
        return self.reshape(self.transpose(x, 0, 2, 1, 3), 0, 0, -1)
