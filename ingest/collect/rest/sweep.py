"""Pages of what changed since a moment in, batches of what was not landed before out.

A sweep goes from page to page by the marks that the other side gives. Its state is written with
every page, so that it goes on where it was killed; the moment from which the next sweep starts
moves only when the last page has been landed. Pages may therefore come in any order. The next
sweep starts some time before the latest change that was seen, for changes that become visible
late; what it finds again is known by its mark and not landed again, unless it belongs to
something that is new. A change that is dated ahead of our clock does not move that start beyond
now: what is dated rightly behind it would never be asked for.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import GONE, RequestRefused

Moment = Any
"""Epoch seconds or ISO 8601, one of them in one stream: plain JSON that sorts by time."""

Records = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Page:
    """One page.

    Parameters
    ----------
    content
        The answer as it was delivered.
    key
        Where the records stand in it.
    next_page
        Mark of the next page, None on the last.
    """

    content: dict[str, Any]
    key: str
    next_page: Any

    @property
    def records(self) -> Records:
        """The records of the page."""
        records = self.content.get(self.key)
        if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
            raise UnexpectedAnswer(f"the answer holds no list of records as {self.key}")
        return records


@dataclass(frozen=True, slots=True)
class Crowd:
    """When there is too much in the overlap of two sweeps to remember it all.

    Parameters
    ----------
    most
        How many records are remembered; the overlap is shortened to the newest of them.
    before
        Returns the moment up to which it is at most shortened.
    """

    most: int
    before: Callable[[Moment], Moment]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweep:
    """How one stream is swept.

    Parameters
    ----------
    fetch
        Returns a page: since a moment, at the mark of a page or None for the first.
    mark
        Returns what tells two versions of records apart, and when this one came to be.
    before
        Returns the moment at which a sweep starts that follows one which has seen a moment.
    complete
        Returns the records to land of a page, given those that are new, and what the next page
        is to be told: plain JSON, None on the first page and after the last.
    crowd
        What shortens the overlap; nothing does without it.
    now
        Returns the moment that it is.
    """

    fetch: Callable[[Moment, Any], Page]
    mark: Callable[[dict[str, Any]], tuple[str, Moment]]
    before: Callable[[Moment], Moment]
    now: Callable[[], Moment]
    complete: Callable[[Page, Records, Any], tuple[Records, Any]] = lambda _, new, held: (new, held)
    crowd: Crowd | None = None

    def batches(self, state: Any, start: Moment) -> Iterator[Batch]:
        """Yield a batch per page from ``state`` on, from ``start`` if there is none.

        Raises
        ------
        UnexpectedAnswer
            If pages lead round in a circle.
        """
        state = state or {"from": start, "page": None, "high": start, "seen": {}, "new": {}}
        resumed = state["page"] is not None
        passed: set[str] = set()
        while True:
            try:
                page = self.fetch(state["from"], state["page"])
            except RequestRefused as refused:
                if not resumed or refused.status not in GONE:
                    raise
                # marks of pages do not live for ever: the sweep begins anew
                resumed, state = False, {**state, "page": None}
                continue
            resumed = False
            batch = self._batch(state, page)
            state = batch.state
            yield batch
            if state["page"] is None:
                return
            mark = json.dumps(state["page"], sort_keys=True)
            if mark in passed:
                raise UnexpectedAnswer(f"the page {mark[:100]} leads back to itself")
            passed.add(mark)

    def _kept(self, high: Moment, moments: list[Moment]) -> Moment:
        """Return the moment from which on the next sweep looks; it never goes back."""
        high = min(high, self.now())
        kept = self.before(high)
        if self.crowd is None or len(moments) <= self.crowd.most:
            return kept
        newest = sorted(moments)[-self.crowd.most]
        return max(kept, min(newest, self.crowd.before(high)))

    def _batch(self, state: dict[str, Any], page: Page) -> Batch:
        seen: dict[str, Moment] = state["seen"]
        new: dict[str, Moment] = dict(state["new"])
        high = state["high"]
        fresh = []
        for record in page.records:
            mark, at = self.mark(record)
            high = max(high, at)
            if mark not in seen and mark not in new:
                fresh.append(record)
                new[mark] = at
        kept = self._kept(high, [*seen.values(), *new.values()])
        landed, held = self.complete(page, fresh, state.get("held"))
        # only what the next sweep will find again: a first one may see millions
        new = {mark: at for mark, at in sorted(new.items()) if at >= kept}
        after = {**state, "page": page.next_page, "high": high, "new": new, "held": held}
        if page.next_page is None:
            seen = {mark: at for mark, at in sorted(seen.items()) if at >= kept} | new
            after |= {"from": max(state["from"], kept), "seen": seen, "new": {}}
        if not landed:
            return Batch(state=after)
        content = json.dumps({**page.content, page.key: landed}, ensure_ascii=False)
        return Batch(state=after, content=content.encode(), records=len(landed))
