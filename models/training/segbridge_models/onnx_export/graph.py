"""Builds an ONNX graph whose weights carry the names and shapes of a state dict.

Every method adds one operation and returns the name of its result, so that a network reads as it
does in PyTorch.  Weights are initialisers with their state-dict name; anything else the graph
needs is a constant whose name begins with ``CONSTANT_PREFIX``.  A weight on the meta device is
left without data (see ``weights.without_data``): a template of the published size costs no memory.
"""

from __future__ import annotations

import math
from typing import Dict, List, Mapping, Sequence, Tuple, Union

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from .weights import CONSTANT_PREFIX, without_data

OPSET = 17
IR_VERSION = 8
Dimension = Union[int, str]


class GraphBuilder:
    """One graph; ``weights`` maps state-dict names to tensors (see the module)."""

    def __init__(self, name: str, weights: Mapping[str, Tensor]) -> None:
        self._name = name
        self._weights = weights
        self._nodes: List[onnx.NodeProto] = []
        self._initialisers: Dict[str, TensorProto] = {}
        self._inputs: List[onnx.ValueInfoProto] = []
        self._outputs: List[onnx.ValueInfoProto] = []
        self._counts: Dict[str, int] = {}

    # -- the graph itself

    def input(self, name: str, shape: Sequence[Dimension]) -> str:
        """A float input; a dimension given as text is dynamic."""
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))
        return name

    def output(self, name: str, value: str, shape: Sequence[Dimension]) -> None:
        """Make ``value`` the float output ``name``."""
        self._nodes.append(helper.make_node("Identity", [value], [name], name=f"output.{name}"))
        self._outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape)))

    def weight(self, name: str) -> str:
        """The weight with this state-dict name, as float32."""
        if name not in self._initialisers:
            value = self._weights[name]
            if value.is_meta:
                self._initialisers[name] = without_data(name, tuple(value.shape))
            else:
                array = value.detach().cpu().float().numpy()
                self._initialisers[name] = numpy_helper.from_array(array, name)
        return name

    def has_weight(self, name: str) -> bool:
        """Whether the state dict has this name."""
        return name in self._weights

    def shape_of(self, name: str) -> Tuple[int, ...]:
        """Shape of the weight with this state-dict name."""
        return tuple(self._weights[name].shape)

    def constant(self, values: object, dtype: type = np.float32) -> str:
        """A constant; equal ones are stored once."""
        array = np.asarray(values, dtype=dtype)
        for name, stored in self._initialisers.items():
            if name.startswith(CONSTANT_PREFIX) and array.size <= 16:
                other = numpy_helper.to_array(stored)
                if other.dtype == array.dtype and np.array_equal(other, array):
                    if other.shape == array.shape:
                        return name
        name = self._fresh(CONSTANT_PREFIX)
        self._initialisers[name] = numpy_helper.from_array(array, name)
        return name

    def integers(self, *values: int) -> str:
        """A one-dimensional int64 constant: a shape, axes, starts or ends."""
        return self.constant(values, np.int64)

    def node(self, operator: str, *inputs: str, **attributes: object) -> str:
        """Any operator with one result."""
        return self.nodes(operator, 1, *inputs, **attributes)[0]

    def nodes(
        self, operator: str, results: int, *inputs: str, **attributes: object
    ) -> Tuple[str, ...]:
        """Any operator with several results."""
        name = self._fresh(f"{operator}.")
        made = tuple(f"{name}:{index}" for index in range(results))
        node = helper.make_node(operator, list(inputs), list(made), name=name, **attributes)
        self._nodes.append(node)
        return made

    def build(self) -> onnx.ModelProto:
        """The finished model, checked unless it is a template."""
        graph = helper.make_graph(
            self._nodes,
            self._name,
            self._inputs,
            self._outputs,
            list(self._initialisers.values()),
        )
        imports = [helper.make_opsetid("", OPSET)]
        proto = helper.make_model(graph, opset_imports=imports, producer_name="segbridge")
        proto.ir_version = IR_VERSION
        if all(t.data_location != TensorProto.EXTERNAL for t in graph.initializer):
            onnx.checker.check_model(proto, full_check=True)
        return proto

    def _fresh(self, prefix: str) -> str:
        number = self._counts.get(prefix, 0)
        self._counts[prefix] = number + 1
        return f"{prefix}{number}"

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

    def instance_norm(self, x: str, prefix: str, epsilon: float = 1e-5) -> str:
        """Affine InstanceNorm without running statistics."""
        pair = [self.weight(f"{prefix}.weight"), self.weight(f"{prefix}.bias")]
        return self.node("InstanceNormalization", x, *pair, epsilon=epsilon)

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
