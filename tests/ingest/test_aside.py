"""Threads that work ahead come after the one that they work for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Iterator

import pytest

from ingest.ahead import ahead
from ingest.side_by_side import side_by_side

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="threads have priorities of their own on Linux only"
)


def priority(_: object = None) -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_they_stand_aside_and_the_one_that_stores_does_not() -> None:
    def readings() -> Iterator[int]:
        yield priority()

    own = priority()
    least = min(own + 4, 19)

    assert list(ahead([readings(), readings()], readers=2)) == [least, least]
    assert list(side_by_side(priority, range(3))) == [least] * 3
    assert priority() == own
