"""Conversations of an Intercom workspace in, pages of whole conversations out.

Conversations are searched by ``updated_at``; a search gives no parts, so each one that is new or
changed is then fetched by itself. API version 2.11, Bearer token.
"""

from __future__ import annotations

from collections.abc import Iterator
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

OVERLAP_S = 300
"""The search index follows changes within seconds to minutes."""


def collector(settings: Collect, patience: Patience) -> IntercomCollector:
    """Return the collector of a workspace."""
    return IntercomCollector(settings, patience)


class IntercomCollector:
    """Conversations of one workspace."""

    suffix = ".json"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        headers = {"Intercom-Version": VERSION, "Accept": "application/json"}
        self._client = client(settings, patience, BASE_URL, token_headers(settings, headers))
        self._page_size = int(settings.settings.get("page_size", PAGE_SIZE))
        since = date.fromisoformat(settings.settings.get("since", "2011-01-01"))
        self._start = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())

    def streams(self) -> tuple[str, ...]:
        """Return the one stream there is."""
        return ("conversations",)

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield pages of conversations that were updated."""
        sweep = Sweep(
            fetch=self._page,
            mark=_mark,
            before=lambda at: int(at) - OVERLAP_S,
            complete=lambda _, listed, held: (self._whole(listed), held),
        )
        return sweep.batches(state, self._start)

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask how many conversations a search finds."""
        page = self._page(state["from"] if state else self._start, None, size=1)
        total = page.content.get("total_count")
        waiting = total if isinstance(total, int) else None
        return StreamPreview(
            stream=stream, waiting=waiting, detail=f"{total} conversations to fetch"
        )

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _page(self, since: Moment, page: Any, size: int | None = None) -> Page:
        pagination = {"per_page": size or self._page_size}
        if page is not None:
            pagination["starting_after"] = page
        answer = self._client.post(
            "conversations/search",
            {
                # there is no operator for "at or after"
                "query": {"field": "updated_at", "operator": ">", "value": int(since) - 1},
                "sort": {"field": "updated_at", "order": "ascending"},
                "pagination": pagination,
            },
        )
        pages = answer.get("pages")
        after = pages.get("next") if isinstance(pages, dict) else None
        mark = after.get("starting_after") if isinstance(after, dict) else None
        return Page(answer, "conversations", mark)

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


def _mark(conversation: dict[str, Any]) -> tuple[str, Moment]:
    conversation_id, updated_at = conversation.get("id"), conversation.get("updated_at")
    if conversation_id is None or not isinstance(updated_at, int):
        raise UnexpectedAnswer("Intercom lists a conversation without id or updated_at")
    return f"{conversation_id}@{updated_at}", updated_at
