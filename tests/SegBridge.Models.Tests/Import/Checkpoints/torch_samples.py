"""Writes checkpoints as training scripts do, for reading them without Python.

``python torch_samples.py OUT_DIR`` writes, beside the files that must be refused, ``training.pth.tar``
(a wrapped, compiled and parallel network with optimiser, scheduler and numpy's numbers around it) and
``types.pt`` (element types and views), each with the expected values as raw float32 in
``<file>/<tensor name>.bin``.
"""

import os
import sys
from collections import OrderedDict
from pathlib import Path

import numpy as np
import torch
from torch import nn


class Evil:
    """Runs a command where it is unpickled in earnest."""

    def __init__(self, path: str) -> None:
        self._path = path

    def __reduce__(self):
        return os.system, (f"touch {self._path}",)


def expect(folder: Path, state) -> None:
    """Write what a reader must find."""
    folder.mkdir()
    for name, value in state.items():
        value.detach().contiguous().float().numpy().astype("<f4").tofile(folder / f"{name}.bin")


def main(out: Path) -> None:
    """Write all files."""
    torch.manual_seed(5)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.PReLU(), nn.Linear(7, 2))
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-3)
    scheduler = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.01, 500)
    for parameter in network.parameters():
        parameter.grad = torch.ones_like(parameter)
    optimizer.step()
    state = network.state_dict()
    expect(out / "training", {k: v for k, v in state.items() if v.is_floating_point()})
    wrapped = OrderedDict((f"_orig_mod.module.{name}", value) for name, value in state.items())
    wrapped._metadata = state._metadata
    torch.save(
        {
            "epoch": 12,
            "best_val_loss": np.float64(0.25),
            "history": [np.float32(0.5), np.int64(3), (1, 2.5, None, True, "é")],
            "model_state_dict": wrapped,
            "optimizer": optimizer.state_dict(),
            "lr_scheduler": scheduler.state_dict(),
            "optimizer_object": optimizer,
            "size": torch.Size([1, 2]),
            "device": torch.device("cpu"),
            "dtype": torch.float16,
        },
        out / "training.pth.tar",
    )
    base = torch.arange(24, dtype=torch.float32).reshape(2, 3, 4) / 7
    types = {
        "half": base.half(),
        "brain": base.bfloat16(),
        "double": base.double(),
        "transposed": base.permute(2, 0, 1),
        "part": base[1:, :2, 1::2],
        "parameter": nn.Parameter(base * 2),
        "scalar": torch.tensor(3.5),
        "empty": torch.zeros(0, 5),
    }
    expect(out / "types", types)
    for protocol in (2, 3, 4, 5):
        torch.save(types, out / f"types-{protocol}.pt", pickle_protocol=protocol)
    torch.save(types, out / "old.pt", _use_new_zipfile_serialization=False)
    torch.save({"w": base, "x": Evil(str(out / "sprung"))}, out / "evil.pt")
    torch.jit.script(nn.Linear(2, 2)).save(str(out / "script.pt"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
