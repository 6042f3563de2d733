"""Collects the nodes, weights and constants of an ONNX graph."""

from __future__ import annotations

from typing import Dict, List, Mapping, Sequence, Tuple, Union

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from .weights import CONSTANT_PREFIX, without_data

OPSET = 17
IR_VERSION = 8
Dimension = Union[int, str]


class GraphNodes:
    """One graph; ``weights`` maps state-dict names to tensors.

    A weight on the meta device is left without data (see ``weights.without_data``).
    """

    def __init__(self, name: str, weights: Mapping[str, Tensor]) -> None:
        self._name = name
        self._weights = weights
        self._nodes: List[onnx.NodeProto] = []
        self._initialisers: Dict[str, TensorProto] = {}
        self._inputs: List[onnx.ValueInfoProto] = []
        self._outputs: List[onnx.ValueInfoProto] = []
        self._counts: Dict[str, int] = {}

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
