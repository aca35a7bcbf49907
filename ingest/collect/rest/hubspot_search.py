"""Objects of one kind, by date of change, in; batches of those that were not landed before out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client
from ingest.collect.rest.sweep import Page

OVERLAP_MS = 300_000
"""The search index follows changes within seconds to minutes."""


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
        while True:
            at, last_id = int(state["from"]), state["id"]
            query = self._since(at) if last_id is None else self._within(at, int(last_id))
            page = self._results(query)
            found = [(self._moment(one), one) for one in page.records]
            is_full = len(found) >= self._page_size or (bool(found) and page.next_page is not None)
            if last_id is not None:
                following, next_id = at + 1, None
                if is_full:
                    following, next_id = at, max(int(one["id"]) for _, one in found)
                is_over = False
            else:
                following, next_id = max((moment for moment, _ in found), default=at), None
                if is_full and following == at:
                    next_id = 0
                is_over = not is_full
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
        kept = high - OVERLAP_MS
        seen: dict[str, int] = dict(state["seen"])
        fresh = []
        for moment, one in found:
            if (mark := f"{one['id']}@{moment}") not in seen:
                seen[mark] = moment
                fresh.append(str(one["id"]))
        after = {
            # the next run begins before the last moment: what became visible late lies there
            "from": max(kept, 0) if is_over else following,
            "id": next_id,
            "high": high,
            "seen": {mark: at for mark, at in sorted(seen.items()) if at >= kept},
        }
        landed = self._read(fresh) if fresh else []
        if not landed:
            return Batch(state=after)
        content = json.dumps({"results": landed}, ensure_ascii=False).encode()
        return Batch(state=after, content=content, records=len(landed))

    def _since(self, at: int) -> dict[str, Any]:
        return {
            "filters": [{"propertyName": self._changed, "operator": "GTE", "value": str(at)}],
            "sort": self._changed,
        }

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
