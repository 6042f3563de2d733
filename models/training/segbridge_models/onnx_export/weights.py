"""How the weights of a graph are stored: as float32, as halves, or left to a checkpoint.

An initialiser whose name begins with ``CONSTANT_PREFIX`` belongs to the graph; every other one is
a weight and has the name of the state dict.
"""

from __future__ import annotations

from typing import Callable, Dict, Sequence

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

CONSTANT_PREFIX = "/constant/"
CHECKPOINT_LOCATION = "checkpoint"
HALF_SUFFIX = ".float"


def is_weight(name: str) -> bool:
    """Whether an initialiser of a built graph is a weight and not a constant of the graph."""
    return not name.startswith(CONSTANT_PREFIX)


def without_data(name: str, shape: Sequence[int]) -> TensorProto:
    """A float32 initialiser whose data an importer takes from a checkpoint."""
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=list(shape))
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=CHECKPOINT_LOCATION)
    return tensor


def weightless(
    proto: onnx.ModelProto, weight: Callable[[str], bool] = is_weight
) -> onnx.ModelProto:
    """A copy of the model in which every weight is ``without_data``."""
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    for tensor in copy.graph.initializer:
        if weight(tensor.name):
            tensor.CopyFrom(without_data(tensor.name, tensor.dims))
    return copy


def half(proto: onnx.ModelProto, weight: Callable[[str], bool] = is_weight) -> onnx.ModelProto:
    """A copy of the model with its weights of two or more axes stored as float16.

    Such a weight keeps its name; a Cast node makes ``name.float`` of it, which the graph uses.
    Biases and norms stay float32: they are small and matter more.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(proto)
    casts = []
    renamed: Dict[str, str] = {}
    for tensor in copy.graph.initializer:
        if weight(tensor.name) and tensor.data_type == TensorProto.FLOAT and len(tensor.dims) > 1:
            name = tensor.name
            values = numpy_helper.to_array(tensor)
            if np.abs(values).max(initial=0.0) > np.finfo(np.float16).max:
                raise ValueError(f"{name} has values beyond the range of float16")
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), name))
            renamed[name] = name + HALF_SUFFIX
            casts.append(
                helper.make_node(
                    "Cast", [name], [renamed[name]], name=f"{name}.cast", to=TensorProto.FLOAT
                )
            )
    nodes = list(copy.graph.node)
    for node in nodes:
        node.input[:] = [renamed.get(name, name) for name in node.input]
    del copy.graph.node[:]
    copy.graph.node.extend(casts + nodes)
    onnx.checker.check_model(copy, full_check=True)
    return copy


def state_of(
    proto: onnx.ModelProto, weight: Callable[[str], bool] = is_weight
) -> Dict[str, Tensor]:
    """The weights of a graph by state-dict name, as float32."""
    return {
        tensor.name: torch.from_numpy(numpy_helper.to_array(tensor).astype(np.float32))
        for tensor in proto.graph.initializer
        if weight(tensor.name)
    }
