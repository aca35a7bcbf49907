"""Working on items side by side changes when they are made, not what comes out."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from ingest.threads.side_by_side import side_by_side


def test_what_is_made_comes_out_in_the_order_of_the_items() -> None:
    assert list(side_by_side(lambda number: number * 2, range(500))) == list(range(0, 1000, 2))


def test_two_are_made_at_a_time() -> None:
    both = threading.Barrier(2, timeout=10)

    assert len(list(side_by_side(lambda number: both.wait(), range(20)))) == 20


def test_an_error_is_raised_after_what_was_made_before_it() -> None:
    def inverse(number: int) -> float:
        return 1 / number

    made = side_by_side(inverse, [4, 2, 0, 1])

    assert [next(made), next(made)] == [0.25, 0.5]
    with pytest.raises(ZeroDivisionError):
        next(made)


def test_an_error_of_the_items_is_raised() -> None:
    def broken() -> Iterator[int]:
        yield 1
        raise LookupError("the second is missing")

    with pytest.raises(LookupError, match="second"):
        list(side_by_side(str, broken()))


def test_no_more_than_three_items_are_taken_ahead() -> None:
    taken = 0

    def counted() -> Iterator[int]:
        nonlocal taken
        for number in range(100):
            taken += 1
            yield number

    made = side_by_side(str, counted())
    for number in range(100):
        assert next(made) == str(number)
        assert taken <= number + 4
