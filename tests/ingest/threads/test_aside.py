"""Threads that work ahead come after the one that they work for."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import datetime

import duckdb
import pytest

from ingest.loading import batch
from ingest.source import Source
from ingest.threads.ahead import ahead
from ingest.threads.side_by_side import side_by_side

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="threads have priorities of their own on Linux only"
)


def priority(_: object = None) -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


def test_they_stand_aside_and_the_one_that_stores_does_not() -> None:
    def readings() -> Iterator[int]:
        yield priority()

    own = priority()
    least = min(own + 2, 19)

    assert list(ahead([readings(), readings()], readers=2, stands_aside=True)) == [least, least]
    assert list(side_by_side(priority, range(3), stands_aside=True)) == [least] * 3
    assert list(ahead([readings()])) == list(side_by_side(priority, range(1))) == [own]
    assert priority() == own


@pytest.mark.parametrize(("format_", "stands_aside"), [("csv", True), ("slack", False)])
def test_only_what_leaves_the_interpreter_to_others_stands_aside(
    format_: str,
    stands_aside: bool,
    contacts: Callable[..., Source],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[bool] = []

    def nothing(*_: object, stands_aside: bool, **__: object) -> Iterator[None]:
        told.append(stands_aside)
        yield from ()

    monkeypatch.setattr(batch, "ahead", nothing)
    monkeypatch.setattr(batch, "side_by_side", nothing)
    found = batch.batch_of(
        duckdb.connect(), contacts(format=format_), datetime.fromisoformat("2026-01-01")
    )
    list(found.conformed([], lambda *_: None))

    assert told == [stands_aside]
