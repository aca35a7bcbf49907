"""Items in; what a function makes of each out, in their order, made by two threads ahead of use.

For work that leaves the interpreter to others, as checking rows does: with one thread that checks
and stores, one of two cores did nothing half of the time.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from ingest.threads.aside import stand_aside

Item = TypeVar("Item")
Made = TypeVar("Made")

_THREADS = 2


def side_by_side(
    make: Callable[[Item], Made], items: Iterable[Item], *, stands_aside: bool = False
) -> Generator[Made]:
    """Yield ``make(item)`` of all ``items`` in their order.

    At most three are under way or wait to be taken. What ``make`` or ``items`` raise is raised
    here, that of ``make`` after what was made of the items before.

    Parameters
    ----------
    stands_aside
        The two threads come after others, see ``ingest.threads.aside``.
    """
    under_way: deque[Future[Made]] = deque()
    with ThreadPoolExecutor(
        _THREADS,
        thread_name_prefix="side-by-side",
        initializer=stand_aside if stands_aside else None,
    ) as pool:
        for item in items:
            under_way.append(pool.submit(make, item))
            while under_way and (under_way[0].done() or len(under_way) > _THREADS):
                yield under_way.popleft().result()
        while under_way:
            yield under_way.popleft().result()
