"""Marketing e-mails of a HubSpot portal in; their campaigns, and what recipients did, out.

Events are listed from the newest on, since a moment, by short-lived offsets. Campaigns are listed
by id, with the time of their last event: those for which it moved are read one by one, as the list
has no names.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client, RequestRefused
from ingest.collect.rest.sweep import Crowd, Moment, Page, Sweep

EVENTS = "email/public/v1/events"
CAMPAIGNS = "email/public/v1/campaigns"
EVENTS_AT_ONCE = 1_000
CAMPAIGNS_AT_ONCE = 500

OVERLAP_MS = 86_400_000
"""Events that become visible hours late, and those that are made obsolete, are still seen."""

CROWDED_OVERLAP_MS = 300_000
REMEMBERED = 20_000
"""The cursor names every event of the overlap, 1.2 MB with each page. A mailing to 100,000 people
makes some 300,000 in an hour: after one the overlap is shorter, by then down to five minutes."""

_GONE = 404


def event_batches(client: Client, state: Any, start_ms: int) -> Iterator[Batch]:
    """Yield pages of the events that were not landed before."""
    sweep = Sweep(
        fetch=lambda since, offset: event_page(client, since, offset),
        mark=_mark,
        before=lambda at: int(at) - OVERLAP_MS,
        now=lambda: round(time.time() * 1000),
        crowd=Crowd(REMEMBERED, before=lambda at: int(at) - CROWDED_OVERLAP_MS),
    )
    return sweep.batches(state, start_ms)


def event_page(client: Client, since: Moment, offset: Any, size: int = EVENTS_AT_ONCE) -> Page:
    """Return a page of events, the first without an offset."""
    asked = {"startTimestamp": since, "limit": size}
    if offset is not None:
        asked["offset"] = offset
    answer = client.get(EVENTS, asked)
    return Page(answer, "events", _following(answer))


def campaign_batches(client: Client, state: Any) -> Iterator[Batch]:
    """Yield the campaigns that had events since they were landed, a page of ids at a time."""
    known: dict[str, Any] = dict(state or {})
    page = campaign_page(client, None)
    passed = set()
    while True:
        landed = []
        for listed in page.records:
            campaign_id, updated_at = str(listed["id"]), listed.get("lastUpdatedTime")
            if campaign_id in known and known[campaign_id] == updated_at:
                continue
            campaign = _campaign(client, listed)
            if campaign is not None:
                known[campaign_id] = updated_at
                # the list alone says when it changed, the campaign alone what it is called
                landed.append({**listed, **campaign})
        content = json.dumps({**page.content, page.key: landed}, ensure_ascii=False).encode()
        yield Batch(state=dict(known), content=content if landed else None, records=len(landed))
        if page.next_page is None:
            return
        if page.next_page in passed:
            raise UnexpectedAnswer("HubSpot's pages of e-mail campaigns lead back to themselves")
        passed.add(page.next_page)
        page = campaign_page(client, page.next_page)


def campaign_page(client: Client, offset: Any) -> Page:
    """Return a page of ids, the first without an offset."""
    asked = {"limit": CAMPAIGNS_AT_ONCE}
    if offset is not None:
        asked["offset"] = offset
    answer = client.get(f"{CAMPAIGNS}/by-id", asked)
    page = Page(answer, "campaigns", _following(answer))
    if not all("id" in one for one in page.records):
        raise UnexpectedAnswer("HubSpot lists an e-mail campaign without id")
    return page


def _campaign(client: Client, listed: dict[str, Any]) -> dict[str, Any] | None:
    """Return a campaign; None for one that was deleted since it was listed."""
    asked = {"appId": listed["appId"]} if "appId" in listed else None
    try:
        return client.get(f"{CAMPAIGNS}/{listed['id']}", asked)
    except RequestRefused as refused:
        if refused.status != _GONE:
            raise
        return None


def _following(answer: dict[str, Any]) -> Any:
    if not answer.get("hasMore"):
        return None
    if answer.get("offset") is None:
        raise UnexpectedAnswer("HubSpot does not say how its list goes on")
    return answer["offset"]


def _mark(event: dict[str, Any]) -> tuple[str, Moment]:
    event_id, created = event.get("id"), event.get("created")
    if event_id is None or not isinstance(created, int):
        raise UnexpectedAnswer("HubSpot lists an e-mail event without id or created")
    mark = f"{event_id}@{created}"
    # what HubSpot says of an event later makes another version of it
    if event.get("filteredEvent") is True:
        mark += "!"
    if isinstance(follow_on := event.get("obsoletedBy"), dict):
        mark += f"<{follow_on.get('id')}"
    return mark, created
