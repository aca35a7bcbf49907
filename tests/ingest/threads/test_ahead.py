"""Reading ahead changes when things are made, not what comes out."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from ingest.threads.ahead import ahead


def test_items_come_out_in_their_order() -> None:
    assert list(ahead([range(1000)])) == list(range(1000))


def test_an_error_is_raised_after_the_items_before_it() -> None:
    def broken() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("the third is missing")

    items = ahead([broken()])

    assert [next(items), next(items)] == [1, 2]
    with pytest.raises(LookupError, match="third"):
        next(items)


def test_no_more_is_made_than_may_wait() -> None:
    made = []

    def counted() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            yield number

    with closing(ahead([counted()], depth=3)) as items:
        assert next(items) == 0
        # one is being made, three wait, one was taken
        assert len(made) <= 5


def test_closing_early_ends_the_thread_and_the_iterator() -> None:
    ended = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
        finally:
            ended.set()

    iterator = endless()
    with closing(ahead([iterator])) as items:
        next(items)
    iterator.close()

    assert ended.is_set()
    assert not [thread for thread in threading.enumerate() if thread.name == "read-ahead"]


def test_iterables_are_read_side_by_side_and_come_out_in_their_order() -> None:
    both = threading.Barrier(2, timeout=10)

    def numbers(first: int) -> Iterator[int]:
        if first < 20:
            both.wait()
        yield from range(first, first + 10)

    made = (numbers(first) for first in range(0, 1000, 10))

    assert list(ahead(made, readers=2, depth=3)) == list(range(1000))


def test_a_full_shelf_still_takes_what_is_next() -> None:
    is_full = threading.Event()

    def first() -> Iterator[int]:
        assert is_full.wait(10)
        yield 0

    def second() -> Iterator[int]:
        for number in range(1, 9):
            if number == 3:
                is_full.set()
            yield number

    assert list(ahead([first(), second()], readers=2, depth=2)) == list(range(9))


def test_an_error_of_a_later_iterable_waits_for_its_turn() -> None:
    def broken() -> Iterator[int]:
        raise LookupError("nothing here")
        yield 0

    items = ahead([range(5), broken(), range(5)], readers=2)

    assert [next(items) for _ in range(5)] == list(range(5))
    with pytest.raises(LookupError, match="nothing here"):
        next(items)
