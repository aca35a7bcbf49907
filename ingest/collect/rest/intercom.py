"""Conversations, contacts and tickets of an Intercom workspace in, pages of them out.

All are searched by ``updated_at``. A search gives conversations without their parts, so each one
that is new or changed is then fetched by itself; of contacts it gives ten tags, companies and
refusals, the others are fetched. Contacts are searched by the day, whatever the second is, and
conversations and tickets by some accounts of it, too. API version 2.11, Bearer token.
"""

from __future__ import annotations

import logging
import time
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

logger = logging.getLogger(__name__)

BASE_URL = "https://api.intercom.io"
VERSION = "2.11"
PAGE_SIZE = 50
"""At most 150; a page is landed only when each of its conversations has been fetched."""

OVERLAP_S = {"conversations": 300, "contacts": 2 * 86_400, "tickets": 300}
"""The search index follows changes within seconds to minutes. Contacts are found that changed after
the day of the moment asked for, by the clock of the workspace."""

EARLIER_S = 86_400
"""A search by the day leaves out the one that is asked for: by the clock of the workspace, so that
it may have begun before ours. What it gives that is older than asked for is left here."""

_RECORDS = {"conversations": "conversations", "contacts": "data", "tickets": "tickets"}
"""By stream: where the records stand in an answer."""

_CUT = {
    "tags": ("tags", "data"),
    "companies": ("companies", "data", "companies"),
    "opted_out_subscription_types": ("subscriptions", "data"),
}
"""Lists of which a contact holds the first ten: the end of the address that has them all, and where
they stand in its answer."""


def collector(settings: Collect, patience: Patience) -> IntercomCollector:
    """Return the collector of a workspace."""
    return IntercomCollector(settings, patience)


class IntercomCollector:
    """Conversations, contacts and tickets of one workspace."""

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
            now=lambda: int(time.time()),
        )
        completed = {"conversations": self._whole, "contacts": self._with_lists}.get(stream)
        if completed is not None:
            sweep = replace(sweep, complete=lambda _, listed, held: (completed(listed), held))
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
        after = int(since) - 1 - EARLIER_S
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
        for listed_one in listed:
            try:
                conversation = self._client.get(f"conversations/{listed_one['id']}")
            except RequestRefused as refused:
                # deleted since it was listed
                if refused.status != 404:
                    raise
                continue
            found.append(conversation)
            _say_missing_parts(conversation)
        return found

    def _with_lists(self, listed: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for contact in listed:
            for name, (ending, *keys) in _CUT.items():
                held = contact.get(name)
                if isinstance(held, dict) and held.get("has_more") is True:
                    found = self._every(f"contacts/{contact['id']}/{ending}", keys)
                    if found is None:
                        continue
                    if name == "opted_out_subscription_types":
                        # what somebody has opted in to stands in the same list
                        found = [one for one in found if one.get("consent_type") == "opt_out"]
                    contact[name] = {**held, "data": found, "has_more": False}
        return listed

    def _every(self, address: str, keys: list[str]) -> list[dict[str, Any]] | None:
        """Return what a list holds on all of its pages, None if its contact is gone."""
        found: list[dict[str, Any]] = []
        passed: set[str] = set()
        following: str | None = address
        while following is not None:
            if following in passed:
                raise UnexpectedAnswer(f"the page {following[:100]} leads back to itself")
            passed.add(following)
            try:
                answer = self._client.get(following)
            except RequestRefused as refused:
                if refused.status != 404:
                    raise
                return None
            records = next((answer[key] for key in keys if isinstance(answer.get(key), list)), None)
            if records is None:
                raise UnexpectedAnswer(f"the answer to {address} holds no list")
            found += [one for one in records if isinstance(one, dict)]
            pages = answer.get("pages")
            after = pages.get("next") if isinstance(pages, dict) else None
            following = after if isinstance(after, str) else None
        return found


def _say_missing_parts(conversation: dict[str, Any]) -> None:
    parts = conversation.get("conversation_parts")
    if not isinstance(parts, dict):
        return
    total, given = parts.get("total_count"), parts.get("conversation_parts")
    if isinstance(total, int) and isinstance(given, list) and total > len(given):
        logger.warning(
            "conversation %s has %d parts, of which Intercom gives the latest %d; those before "
            "are here only if they were collected or received in their time",
            conversation.get("id"), total, len(given),
        )  # fmt: skip


def _mark(stream: str, record: dict[str, Any]) -> tuple[str, Moment]:
    record_id, updated_at = record.get("id"), record.get("updated_at")
    if record_id is None or not isinstance(updated_at, int):
        raise UnexpectedAnswer(f"Intercom lists one of its {stream} without id or updated_at")
    return f"{record_id}@{updated_at}", updated_at
