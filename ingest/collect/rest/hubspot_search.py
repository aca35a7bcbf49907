"""Objects of one kind, by date of change, in; batches of those that were not landed before out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client
from ingest.collect.rest.sweep import Page

OVERLAP_MS = 3_600_000
"""The search index follows changes within seconds to minutes, and now and then later: others who
collect from it wait for an hour."""

CROWDED_OVERLAP_MS = 300_000
REMEMBERED = 20_000
"""The cursor names every change of the overlap; after an import the overlap is shorter."""

SETTLED_MS = 300_000
"""An object that was changed since it was put into the index is found at its old date and shows
the new one. A date that is later than what was asked for does not say how far a search has come."""


class ObjectSearch:
    """Searches for one kind of object.

    Parameters
    ----------
    read
        Returns the objects with these ids as they are to be landed.
    """

    def __init__(
        self,
        client: Client,
        object_: str,
        page_size: int,
        read: Callable[[list[str]], list[dict[str, Any]]],
    ) -> None:
        self._client = client
        self._object = object_
        self._page_size = page_size
        self._read = read
        # contacts alone have another name for it
        self._changed = "lastmodifieddate" if object_ == "contacts" else "hs_lastmodifieddate"

    def total(self, since_ms: int) -> int | None:
        """Return how many objects have changed at or after a moment."""
        total = self._results(self._since(since_ms), 1).content.get("total")
        return total if isinstance(total, int) else None

    def batches(self, state: Any, start_ms: int) -> Iterator[Batch]:
        """Yield a batch per search.

        The position is a moment; within one moment, once more objects have it than fit a page,
        also the last id.
        """
        state = state or {"from": start_ms, "id": None, "high": start_ms, "seen": {}}
        is_bounded = True
        while True:
            at, last_id = int(state["from"]), state["id"]
            until = round(time.time() * 1000) - SETTLED_MS if is_bounded else None
            if until is not None and until < at:
                until = None
            query = self._since(at, until) if last_id is None else self._within(at, int(last_id))
            page = self._results(query)
            found = [(self._moment(one), one) for one in page.records]
            is_full = len(found) >= self._page_size or (bool(found) and page.next_page is not None)
            is_over = False
            if last_id is not None:
                following, next_id = at + 1, None
                if is_full:
                    following, next_id = at, max(int(one["id"]) for _, one in found)
            else:
                passed = [moment for moment, _ in found if until is None or moment <= until]
                following, next_id = max(passed, default=at), None
                if is_full and following == at:
                    next_id = 0
                # behind what is settled comes what is not, asked for without an end
                is_over = not is_full and until is None
                is_bounded = is_full
            batch = self._batch(state, found, following, next_id, is_over)
            if is_full and (following, next_id) == (at, last_id):
                raise UnexpectedAnswer(f"HubSpot gives the same {self._object} again and again")
            yield batch
            state = batch.state
            if is_over:
                return

    def _batch(
        self,
        state: dict[str, Any],
        found: list[tuple[int, dict[str, Any]]],
        following: int,
        next_id: int | None,
        is_over: bool,
    ) -> Batch:
        high = max([int(state["high"]), *(moment for moment, _ in found)])
        seen: dict[str, int] = dict(state["seen"])
        fresh = []
        for moment, one in found:
            if (mark := f"{one['id']}@{moment}") not in seen:
                seen[mark] = moment
                fresh.append(str(one["id"]))
        # never back to what has been forgotten
        kept = max(int(state.get("kept", state["from"])), _kept(high, list(seen.values())))
        # an object may show a date far ahead of those that are still to come
        remembered = kept if is_over else min(kept, following)
        after = {
            # the next run begins before the last moment: what became visible late lies there
            "from": kept if is_over else following,
            "id": next_id,
            "high": high,
            "kept": kept,
            "seen": {mark: at for mark, at in sorted(seen.items()) if at >= remembered},
        }
        landed = self._read(fresh) if fresh else []
        if not landed:
            return Batch(state=after)
        content = json.dumps({"results": landed}, ensure_ascii=False).encode()
        return Batch(state=after, content=content, records=len(landed))

    def _since(self, at: int, until: int | None = None) -> dict[str, Any]:
        filters = [{"propertyName": self._changed, "operator": "GTE", "value": str(at)}]
        if until is not None:
            filters.append({"propertyName": self._changed, "operator": "LTE", "value": str(until)})
        return {"filters": filters, "sort": self._changed}

    def _within(self, at: int, last_id: int) -> dict[str, Any]:
        return {
            "filters": [
                {"propertyName": self._changed, "operator": "EQ", "value": str(at)},
                {"propertyName": "hs_object_id", "operator": "GT", "value": str(last_id)},
            ],
            "sort": "hs_object_id",
        }

    def _results(self, query: dict[str, Any], size: int | None = None) -> Page:
        answer = self._client.post(
            f"crm/v3/objects/{self._object}/search",
            {
                "filterGroups": [{"filters": query["filters"]}],
                "sorts": [{"propertyName": query["sort"], "direction": "ASCENDING"}],
                "properties": [self._changed, "hs_object_id"],
                "limit": size or self._page_size,
            },
        )
        # never asked for: it only says that there is more, also behind a page that is not full
        paging = answer.get("paging")
        return Page(answer, "results", paging.get("next") if isinstance(paging, dict) else None)

    def _moment(self, record: dict[str, Any]) -> int:
        """Return when an object was changed (epoch milliseconds)."""
        properties = record.get("properties")
        written = properties.get(self._changed) if isinstance(properties, dict) else None
        try:
            int(record["id"])
            moment = datetime.fromisoformat(str(written))
        except (KeyError, TypeError, ValueError) as error:
            raise UnexpectedAnswer(
                f"HubSpot lists one of its {self._object} without id or {self._changed}"
            ) from error
        return round(moment.timestamp() * 1000)


def _kept(high: int, moments: list[int]) -> int:
    """Return the moment from which on the next run looks: never one that is still to come."""
    high = min(high, round(time.time() * 1000))
    kept = high - OVERLAP_MS
    if len(moments) <= REMEMBERED:
        return kept
    return max(kept, min(sorted(moments)[-REMEMBERED], high - CROWDED_OVERLAP_MS))
