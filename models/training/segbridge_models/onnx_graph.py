"""The ScribblePrompt-UNet as an ONNX graph, node by node, and back to a state dict.

Convolution weights are initialisers with the names and shapes of the state dict.  A PReLU with one
shared slope is a LeakyRelu whose ``alpha`` is that slope: the same function, but runtimes fuse it
into the convolution.  Its node carries the name of the PReLU, so that an exported file can be
loaded into PyTorch again without anything beside it.  Only a template, whose slopes are not known
yet, has PRelu nodes.

``python -m segbridge_models.onnx_graph --template FOLDER`` writes the published network without
weights.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Dict, List, Mapping, Sequence

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import Tensor

from .onnx_export import weights
from .scribbleprompt_unet import (
    INPUT_CHANNELS,
    LEVELS,
    PUBLISHED_WIDTHS,
    ScribblePromptUNet,
    widths_of,
)

OPSET = 17
IR_VERSION = 8
INPUT = "input"
OUTPUT = "logits"
TEMPLATE = "scribbleprompt-unet.onnx"
_SCALES = "upsample_scales"
_SLOPE = ".conv.1.weight"


class OnnxWeightsError(Exception):
    """An ONNX file does not hold a ScribblePrompt-UNet; the message says what is missing."""


class _Builder:
    def __init__(self, slopes: Mapping[str, float] | None) -> None:
        self.nodes: List[onnx.NodeProto] = []
        self._slopes = slopes

    def add(self, operator: str, name: str, inputs: List[str], **attributes: object) -> str:
        output = f"{name}.out"
        self.nodes.append(helper.make_node(operator, inputs, [output], name=name, **attributes))
        return output

    def conv_prelu(self, prefix: str, x: str) -> str:
        weights = [f"{prefix}.conv.0.weight", f"{prefix}.conv.0.bias"]
        y = self.add(
            "Conv", f"{prefix}.conv.0", [x] + weights, kernel_shape=[3, 3], pads=[1, 1, 1, 1]
        )
        name = f"{prefix}.conv.1"
        if self._slopes is None:
            return self.add("PRelu", name, [y, f"{name}.weight"])
        return self.add("LeakyRelu", name, [y], alpha=self._slopes[name])

    def upsample(self, name: str, x: str) -> str:
        return self.add(
            "Resize",
            name,
            [x, "", _SCALES],
            mode="linear",
            coordinate_transformation_mode="align_corners",
        )


def _nodes(slopes: Mapping[str, float] | None) -> List[onnx.NodeProto]:
    graph = _Builder(slopes)
    x = INPUT
    skips = []
    for level in range(LEVELS - 1):
        x = graph.conv_prelu(f"downs.{level}", x)
        skips.append(x)
        x = graph.add("MaxPool", f"pool.{level}", [x], kernel_shape=[2, 2], strides=[2, 2])
    x = graph.conv_prelu("bottleneck", x)
    for level in range(LEVELS - 1):
        up = graph.upsample(f"ups.{2 * level}", x)
        joined = graph.add("Concat", f"join.{level}", [skips.pop(), up], axis=1)
        x = graph.conv_prelu(f"ups.{2 * level + 1}", joined)
    final = [x, "final_conv.conv.0.weight", "final_conv.conv.0.bias"]
    graph.add("Conv", "final_conv.conv.0", final, kernel_shape=[1, 1])
    graph.nodes[-1].output[0] = OUTPUT
    return graph.nodes


def _model(
    slopes: Mapping[str, float] | None, initialisers: List[TensorProto]
) -> onnx.ModelProto:
    scales = np.array([1, 1, 2, 2], dtype=np.float32)
    axes = ["height", "width"]
    source = helper.make_tensor_value_info(
        INPUT, TensorProto.FLOAT, ["batch", INPUT_CHANNELS] + axes
    )
    result = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", 1] + axes)
    graph = helper.make_graph(
        _nodes(slopes),
        "scribbleprompt-unet",
        [source],
        [result],
        initialisers + [numpy_helper.from_array(scales, _SCALES)],
    )
    proto = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="segbridge"
    )
    proto.ir_version = IR_VERSION
    return proto


def _is_weight(name: str) -> bool:
    return name != _SCALES


def build(model: ScribblePromptUNet, halves: bool = False) -> onnx.ModelProto:
    """ONNX model with input (batch, 5, height, width) and output (batch, 1, height, width).

    All but the channel axes are dynamic; height and width must be multiples of 16.  With
    ``halves`` the kernels are stored as float16; everything is still computed in float32.
    """
    state = {name: value.detach().numpy() for name, value in model.state_dict().items()}
    slopes = {
        name.removesuffix(".weight"): float(value[0])
        for name, value in state.items()
        if name.endswith(_SLOPE)
    }
    initialisers = [
        numpy_helper.from_array(value.astype(np.float32), name)
        for name, value in state.items()
        if not name.endswith(_SLOPE)
    ]
    proto = _model(slopes, initialisers)
    onnx.checker.check_model(proto, full_check=True)
    return weights.half(proto, _is_weight) if halves else proto


def template(widths: Sequence[int] = PUBLISHED_WIDTHS) -> onnx.ModelProto:
    """The model of these widths without weights, the slopes as weights of PRelu nodes."""
    state = ScribblePromptUNet(widths).state_dict()
    return _model(None, [weights.without_data(k, tuple(v.shape)) for k, v in state.items()])


def state_of(proto: onnx.ModelProto) -> Dict[str, Tensor]:
    """The state dict, float32, held by the initialisers and slopes of an exported model."""
    state = weights.state_of(proto, _is_weight)
    for node in proto.graph.node:
        if node.op_type == "LeakyRelu":
            state[f"{node.name}.weight"] = torch.tensor([node.attribute[0].f])
    return state


def load_network(path: Path) -> ScribblePromptUNet:
    """The network with the weights of an exported file."""
    try:
        state = state_of(onnx.load(str(path)))
        model = ScribblePromptUNet(widths_of(state))
        model.load_state_dict(state)
    except (OSError, ValueError, RuntimeError) as error:
        raise OnnxWeightsError(f"{path}: {error}") from error
    return model.requires_grad_(False)


def main(argv: Sequence[str] | None = None) -> int:
    """Command line entry."""
    parser = argparse.ArgumentParser(prog="segbridge_models.onnx_graph", description=__doc__)
    parser.add_argument("--template", type=Path, required=True, help="folder to write into")
    arguments = parser.parse_args(argv)
    arguments.template.mkdir(parents=True, exist_ok=True)
    (arguments.template / TEMPLATE).write_bytes(template().SerializeToString())
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
