"""Objects of a HubSpot portal in, pages of them with history and associations out.

Objects are searched by their date of change, ascending. A search gives at most 10,000 results,
and its pages shift when an object changes meanwhile, so no second page is ever asked for: each
search starts at the last date that was seen. Where more objects than fit a page have the same
date, as after an import, they are taken by id. A search gives neither history nor associations,
so what it finds is read once more by id.

``<object>_archived`` holds what was deleted in the last 90 days. Owners, those who have left among
them, pipelines and campaigns are landed when they differ from the last time. How e-mail events and
lists are read is told in ``hubspot_email`` and ``hubspot_lists``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import AccessRefused
from ingest.collect.patience import Patience
from ingest.collect.rest.api import client, token_headers
from ingest.collect.rest.hubspot_email import (
    campaign_batches,
    campaign_page,
    event_batches,
    event_page,
)
from ingest.collect.rest.hubspot_lists import list_batches, list_pages, member_batches
from ingest.collect.rest.hubspot_objects import ObjectReader
from ingest.collect.rest.hubspot_search import ObjectSearch
from ingest.collect.rest.snapshot import snapshot
from ingest.collect.rest.sweep import Moment, Page, Sweep
from ingest.source import Collect

logger = logging.getLogger(__name__)

BASE_URL = "https://api.hubapi.com"
PAGE_SIZE = 100
ARCHIVED = "_archived"
KEPT_ARCHIVED = timedelta(days=100)
"""HubSpot keeps what was deleted for 90 days."""

_OF_CAMPAIGNS = (
    "hs_name,hs_campaign_status,hs_start_date,hs_end_date,hs_utm,hs_currency_code,"
    "hs_budget_items_sum_amount,hs_spend_items_sum_amount"
)

_SNAPSHOTS: dict[str, tuple[str, tuple[dict[str, Any], ...]]] = {
    "owners": ("crm/v3/owners", ({"limit": 100}, {"limit": 100, "archived": "true"})),
    "deal_pipelines": ("crm/v3/pipelines/deals", ({},)),
    "campaigns": ("marketing/v3/campaigns", ({"limit": 100, "properties": _OF_CAMPAIGNS},)),
}
"""By stream: the address, and the lists that make it up."""

_MARKETING = ("email_campaigns", "email_events", "lists", "memberships")

NOT_EVERYWHERE = ("goal_targets", f"goal_targets{ARCHIVED}", "campaigns", *_MARKETING)
"""Streams that not every account has, nor every token may read."""

_OF_ARCHIVED = {
    "goal_targets": "hubspot_owner_id,hs_assignee_team_id,hs_start_datetime,hs_lastmodifieddate",
}
"""Properties without which a deleted object cannot be told from any other."""


def collector(settings: Collect, patience: Patience) -> HubspotCollector:
    """Return the collector of a portal."""
    return HubspotCollector(settings, patience)


class HubspotCollector:
    """Objects of one portal."""

    suffix = ".json"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        given = settings.settings
        self._client = client(settings, patience, BASE_URL, token_headers(settings))
        self._chosen: tuple[str, ...] = given["streams"]
        self._may_lack = bool(given.get("all_streams"))
        self._page_size = int(given.get("page_size", PAGE_SIZE))
        since = date.fromisoformat(given.get("since", "2006-01-01"))
        moment = datetime(since.year, since.month, since.day, tzinfo=UTC)
        self._start = int(moment.timestamp() * 1000)

    def streams(self) -> tuple[str, ...]:
        """Return the chosen streams, and each object's deleted ones."""
        objects = [one for one in self._chosen if one not in (*_SNAPSHOTS, *_MARKETING)]
        return (*self._chosen, *(f"{stream}{ARCHIVED}" for stream in objects))

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield what has changed in a stream."""
        try:
            yield from self._batches(stream, state)
        except AccessRefused as refused:
            # who names a stream gets the refusal
            if not (self._may_lack and stream in NOT_EVERYWHERE):
                raise
            logger.warning("%s are left out: %s", stream, refused)

    def _batches(self, stream: str, state: Any) -> Iterator[Batch]:
        if stream in _SNAPSHOTS:
            return snapshot(state, lambda mark: self._whole(stream, mark))
        if stream == "email_events":
            return event_batches(self._client, state, self._start)
        if stream == "email_campaigns":
            return campaign_batches(self._client, state)
        if stream == "lists":
            return list_batches(self._client, state)
        if stream == "memberships":
            return member_batches(self._client, state)
        if stream.endswith(ARCHIVED):
            sweep = Sweep(
                fetch=lambda _, page: self._archived(stream, page),
                mark=_archived_mark,
                before=_before,
                now=lambda: datetime.now(UTC).isoformat(),
            )
            return sweep.batches(state, "")
        return self._search(stream).batches(state, self._start)

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask how many objects a search finds."""
        try:
            return self._preview(stream, state)
        except AccessRefused as refused:
            if not (self._may_lack and stream in NOT_EVERYWHERE):
                raise
            return StreamPreview(stream=stream, waiting=None, detail=f"left out: {refused}")

    def _preview(self, stream: str, state: Any) -> StreamPreview:
        detail = "connected; HubSpot does not count what was deleted"
        if stream in _SNAPSHOTS:
            detail = f"connected; {len(self._whole(stream, None).records)} or more"
        elif stream == "email_events":
            event_page(self._client, state["from"] if state else self._start, None, 1)
            detail = "connected; HubSpot does not count e-mail events"
        elif stream == "email_campaigns":
            detail = f"connected; {len(campaign_page(self._client, None).records)} or more"
        elif stream in _MARKETING:
            total = next(list_pages(self._client)).content.get("total")
            detail = f"connected; {total} lists in all"
        elif stream.endswith(ARCHIVED):
            self._archived(stream, None)
        else:
            total = self._search(stream).total(state["from"] if state else self._start)
            detail = f"{total} {stream} to fetch"
            return StreamPreview(stream=stream, waiting=total, detail=detail)
        return StreamPreview(stream=stream, waiting=None, detail=detail)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _search(self, stream: str) -> ObjectSearch:
        reader = ObjectReader(self._client, stream)
        return ObjectSearch(self._client, stream, self._page_size, reader.read)

    def _whole(self, stream: str, mark: tuple[int, Any] | None) -> Page:
        path, lists = _SNAPSHOTS[stream]
        place, after = mark or (0, None)
        page = self._listed(path, lists[place], after)
        if page.next_page is not None:
            return replace(page, next_page=(place, page.next_page))
        following = (place + 1, None) if place + 1 < len(lists) else None
        return replace(page, next_page=following)

    def _listed(self, path: str, params: dict[str, Any], after: Any) -> Page:
        if after is not None:
            params = {**params, "after": after}
        answer = self._client.get(path, params)
        return Page(answer, "results", _after(answer))

    def _archived(self, stream: str, after: Any) -> Page:
        object_ = stream.removesuffix(ARCHIVED)
        asked = {"archived": "true", "limit": 100}
        if object_ in _OF_ARCHIVED:
            asked["properties"] = _OF_ARCHIVED[object_]
        return self._listed(f"crm/v3/objects/{object_}", asked, after)


def _after(answer: dict[str, Any]) -> Any:
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    return following.get("after") if isinstance(following, dict) else None


def _archived_mark(record: dict[str, Any]) -> tuple[str, Moment]:
    at = str(record.get("archivedAt") or record.get("updatedAt") or "")
    return f"{record.get('id')}@{at}", at


def _before(at: Moment) -> Moment:
    if not at:
        return ""
    return (datetime.fromisoformat(str(at)) - KEPT_ARCHIVED).isoformat()
