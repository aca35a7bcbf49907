"""Events of one source in; how long the sender has to wait out."""

from __future__ import annotations

import math
import time
from collections.abc import Callable


class TokenBucket:
    """Lets ``per_second`` events through on average, and ``burst_s`` seconds' worth at once.

    Parameters
    ----------
    per_second
        More than zero.
    clock
        Seconds that only go up.
    """

    def __init__(
        self,
        per_second: float,
        burst_s: float = 2.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.per_second = per_second
        self.capacity = per_second * burst_s
        self._clock = clock
        self._tokens = self.capacity
        self._filled_s = clock()

    def wait_s(self, events: int) -> int:
        """Take ``events`` tokens and return 0, or take none and return the whole seconds to wait.

        A batch larger than the bucket passes when the bucket is full and leaves it in debt:
        otherwise it would never pass.
        """
        now = self._clock()
        self._tokens = min(self.capacity, self._tokens + (now - self._filled_s) * self.per_second)
        self._filled_s = now
        missing = min(events, self.capacity) - self._tokens
        if missing <= 0:
            self._tokens -= events
            return 0
        return max(1, math.ceil(missing / self.per_second))
