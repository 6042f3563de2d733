"""One run of an ONNX part with the outputs that PyTorch gives, as files for other runtimes.

A case is a folder with ``meta.json``: ``onnx``, the file to run; ``inputs`` and ``outputs``, name
to shape.  Values are raw little-endian float32, row-major, in ``input-NAME.bin`` and
``expected-NAME.bin``.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Mapping

from torch import Tensor


def write_case(
    folder: Path, onnx_file: Path, inputs: Mapping[str, Tensor], outputs: Mapping[str, Tensor]
) -> None:
    """Write one case of the part in ``onnx_file``."""
    folder.mkdir(parents=True, exist_ok=True)
    meta = {"onnx": str(onnx_file.resolve())}
    for kind, prefix, tensors in (("inputs", "input", inputs), ("outputs", "expected", outputs)):
        meta[kind] = {name: list(value.shape) for name, value in tensors.items()}
        for name, value in tensors.items():
            value.detach().numpy().astype("<f4").tofile(folder / f"{prefix}-{name}.bin")
    (folder / "meta.json").write_text(json.dumps(meta, indent=1) + "\n")
