"""Conversations and contacts of an Intercom workspace in, pages of them out.

Both are searched by ``updated_at``. A search gives conversations without their parts, so each one
that is new or changed is then fetched by itself; contacts are searched by the day, whatever the
second is. API version 2.11, Bearer token.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.rest.api import client, token_headers
from ingest.collect.rest.client import RequestRefused
from ingest.collect.rest.sweep import Moment, Page, Sweep
from ingest.source import Collect

BASE_URL = "https://api.intercom.io"
VERSION = "2.11"
PAGE_SIZE = 50
"""At most 150; a page is landed only when each of its conversations has been fetched."""

OVERLAP_S = {"conversations": 300, "contacts": 2 * 86_400}
"""The search index follows changes within seconds to minutes. Contacts are found that changed after
the day of the moment asked for, by the clock of the workspace."""

EARLIER_S = {"conversations": 0, "contacts": 86_400}
"""Where the day has begun before ours, the day that is asked for would be left out."""

_RECORDS = {"conversations": "conversations", "contacts": "data"}
"""By stream: where the records stand in an answer."""


def collector(settings: Collect, patience: Patience) -> IntercomCollector:
    """Return the collector of a workspace."""
    return IntercomCollector(settings, patience)


class IntercomCollector:
    """Conversations and contacts of one workspace."""

    suffix = ".json"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        headers = {"Intercom-Version": VERSION, "Accept": "application/json"}
        self._client = client(settings, patience, BASE_URL, token_headers(settings, headers))
        self._streams: tuple[str, ...] = settings.settings["streams"]
        self._page_size = int(settings.settings.get("page_size", PAGE_SIZE))
        since = date.fromisoformat(settings.settings.get("since", "2011-01-01"))
        self._start = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())

    def streams(self) -> tuple[str, ...]:
        """Return the chosen streams."""
        return self._streams

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield pages of what was updated."""
        sweep = Sweep(
            fetch=lambda since, page: self._page(stream, since, page, self._page_size),
            mark=lambda record: _mark(stream, record),
            before=lambda at: int(at) - OVERLAP_S[stream],
        )
        if stream == "conversations":
            sweep = replace(sweep, complete=lambda _, listed, held: (self._whole(listed), held))
        return sweep.batches(state, self._start)

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask how many records a search finds."""
        page = self._page(stream, state["from"] if state else self._start, None, 1)
        total = page.content.get("total_count")
        waiting = total if isinstance(total, int) else None
        return StreamPreview(stream=stream, waiting=waiting, detail=f"{total} {stream} to fetch")

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _page(self, stream: str, since: Moment, page: Any, size: int) -> Page:
        pagination = {"per_page": size}
        if page is not None:
            pagination["starting_after"] = page
        # there is no operator for "at or after"
        after = int(since) - 1 - EARLIER_S[stream]
        answer = self._client.post(
            f"{stream}/search",
            {
                "query": {"field": "updated_at", "operator": ">", "value": after},
                "sort": {"field": "updated_at", "order": "ascending"},
                "pagination": pagination,
            },
        )
        pages = answer.get("pages")
        following = pages.get("next") if isinstance(pages, dict) else None
        mark = following.get("starting_after") if isinstance(following, dict) else None
        page = Page(answer, _RECORDS[stream], mark)
        wanted = [one for one in page.records if _mark(stream, one)[1] >= int(since)]
        return replace(page, content={**answer, page.key: wanted})

    def _whole(self, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = []
        for conversation in listed:
            try:
                found.append(self._client.get(f"conversations/{conversation['id']}"))
            except RequestRefused as refused:
                # deleted since it was listed
                if refused.status != 404:
                    raise
        return found


def _mark(stream: str, record: dict[str, Any]) -> tuple[str, Moment]:
    record_id, updated_at = record.get("id"), record.get("updated_at")
    if record_id is None or not isinstance(updated_at, int):
        raise UnexpectedAnswer(f"Intercom lists one of its {stream} without id or updated_at")
    return f"{record_id}@{updated_at}", updated_at
