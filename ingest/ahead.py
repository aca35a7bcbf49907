"""An iterator in; the same items out, made by a thread that is a few of them ahead.

Parsers spend their time in Polars, DuckDB and zlib, which leave the interpreter to others: while
one chunk is checked and stored, the next are read on the other core. A file is its chunks and its
end: with six items ahead, reading waited for storing a quarter of the time.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")

_END = object()


def ahead(items: Iterable[Item], depth: int = 12) -> Generator[Item]:
    """Yield ``items`` in their order; at most ``depth`` finished ones wait.

    What the iterator raises is raised here, after the items before it. Closed early, it stops the
    thread after the item it is at.
    """
    made: queue.Queue[tuple[object, BaseException | None]] = queue.Queue(maxsize=depth)
    is_over = threading.Event()

    def give(item: object, error: BaseException | None = None) -> None:
        while not is_over.is_set():
            try:
                made.put((item, error), timeout=0.1)
            except queue.Full:
                continue
            return

    def work() -> None:
        try:
            for item in items:
                give(item)
                if is_over.is_set():
                    return
        except BaseException as error:  # noqa: BLE001 - raised again by the reader of the queue
            give(_END, error)
        else:
            give(_END)

    thread = threading.Thread(target=work, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, error = made.get()
            if error is not None:
                raise error
            if item is _END:
                return
            yield item  # type: ignore[misc]
    finally:
        is_over.set()
        thread.join()
