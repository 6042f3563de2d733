"""How long to wait before a call is made again."""
from __future__ import annotations

from typing import Optional

from .errors import LimitExceeded, ServerError

# Seconds before the second, third, ... attempt after a lost connection.
RETRY_DELAYS_S = (0.1, 0.4, 1.0, 2.0)
# A server that is busy says when to come again. What takes longer, like memory that others must free, is for the user.
_LONGEST_WAIT_S = 2.0
_MOST_REFUSALS = 8


class Patience:
    """Of one call. ``may_run_twice``: whether it is made again after a lost connection, when nobody knows whether it was
    done. A refused call was not done, and is always made again."""

    def __init__(self, may_run_twice: bool = True) -> None:
        self._after_loss = iter(RETRY_DELAYS_S if may_run_twice else ())
        self._refusals = 0

    def wait_after(self, error: ServerError) -> Optional[float]:
        """Seconds to wait after a ConnectionLost or LimitExceeded; None to give up."""
        if not isinstance(error, LimitExceeded):
            return next(self._after_loss, None)
        self._refusals += 1
        wait = error.retry_after_s
        return wait if wait is not None and wait <= _LONGEST_WAIT_S and self._refusals <= _MOST_REFUSALS else None
