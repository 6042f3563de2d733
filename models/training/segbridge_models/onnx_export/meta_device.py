"""Networks on the meta device: names and shapes without memory."""

from __future__ import annotations

from typing import Any, Callable, Mapping, Sequence

import torch
from torch.overrides import TorchFunctionMode

_FACTORIES = (torch.empty, torch.zeros, torch.ones, torch.randn)


class OnMeta(TorchFunctionMode):
    """Modules made in this context have their weights on the meta device."""

    def __torch_function__(
        self,
        function: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
    ) -> Any:
        options = dict(kwargs or {})
        if function in _FACTORIES:
            options["device"] = "meta"
        return function(*args, **options)
