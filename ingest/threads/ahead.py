"""Iterables in; their items one after the other out, made by threads that are a few of them ahead.

Parsers spend their time in Polars, DuckDB and zlib, which leave the interpreter to others: while
one chunk is checked and stored, the next are read on the other core. Three items wait, for they are
large: with four times as much ahead the files of ten million rows took 3.1 GiB, and smaller ones no
less time.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Generator, Iterable, Iterator
from itertools import count
from typing import Generic, TypeVar

from ingest.threads.aside import stand_aside

Item = TypeVar("Item")


class _End:
    """The end of an iterable, with what it raised."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Shelf(Generic[Item]):
    """Items that wait for their turn, by the number of their iterable."""

    def __init__(
        self, iterables: Iterator[Iterable[Item]], depth: int, *, stands_aside: bool
    ) -> None:
        self._iterables = enumerate(iterables)
        self._depth = depth
        self._stands_aside = stands_aside
        self._changed = threading.Condition()
        self._items: dict[int, deque[Item | _End]] = defaultdict(deque)
        self._waiting = 0
        self._turn = 0
        self._begun = 0
        self._is_last_begun = False
        self._is_over = False

    def fill(self) -> None:
        """Make the items of one iterable after the other, until there is none left."""
        if self._stands_aside:
            stand_aside()
        while (begun := self._begin()) is not None:
            number, iterable = begun
            end = _End()
            try:
                for item in iterable:
                    if not self._put(number, item):
                        return
            except BaseException as error:  # noqa: BLE001 - raised again by the one who takes
                end = _End(error)
            with self._changed:
                self._items[number].append(end)
                self._changed.notify_all()
            if end.error is not None:
                return

    def _begin(self) -> tuple[int, Iterable[Item]] | None:
        with self._changed:
            begun = None if self._is_over else next(self._iterables, None)
            if begun is None:
                self._is_last_begun = True
                self._changed.notify_all()
            else:
                self._begun += 1
            return begun

    def _put(self, number: int, item: Item) -> bool:
        """Wait for room; whose turn it is always has room for one, or all would wait for it."""
        with self._changed:
            while not self._is_over:
                is_awaited = number == self._turn and not self._items[number]
                if is_awaited or self._waiting < self._depth:
                    self._items[number].append(item)
                    self._waiting += 1
                    self._changed.notify_all()
                    return not self._is_over
                self._changed.wait()
            return False

    def take(self) -> Generator[Item]:
        """Yield the items in the order of their iterables."""
        for number in count():
            with self._changed:
                self._turn = number
                self._changed.notify_all()
            while True:
                with self._changed:
                    while not self._items[number]:
                        if self._is_last_begun and number >= self._begun:
                            return
                        self._changed.wait()
                    item = self._items[number].popleft()
                    if isinstance(item, _End):
                        del self._items[number]
                        if item.error is not None:
                            raise item.error
                        break
                    self._waiting -= 1
                    self._changed.notify_all()
                yield item

    def close(self) -> None:
        """Let every thread stop after the item it is at."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()


def ahead(
    iterables: Iterable[Iterable[Item]],
    *,
    readers: int = 1,
    depth: int = 3,
    stands_aside: bool = False,
) -> Generator[Item]:
    """Yield the items of all ``iterables`` in their order; at most ``depth`` finished ones wait.

    What an iterable raises is raised here, after the items before it. Closed early, it stops the
    threads after the item they are at.

    Parameters
    ----------
    readers
        How many iterables are read at the same time, each by a thread of its own.
    stands_aside
        The threads come after the one that takes, see ``ingest.threads.aside``.
    """
    shelf = _Shelf(iter(iterables), depth, stands_aside=stands_aside)
    threads = [
        threading.Thread(target=shelf.fill, name="read-ahead", daemon=True) for _ in range(readers)
    ]
    for thread in threads:
        thread.start()
    try:
        yield from shelf.take()
    finally:
        shelf.close()
        for thread in threads:
            thread.join()
