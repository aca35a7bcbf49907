"""Lists of a HubSpot portal in; what they are, and which contacts are on them, out.

The lists are searched from the first to the last. The members of a list of contacts are read if a
record was added to it or removed since the last time, by when they were added; each that was not
landed before is landed with the id of its list, which HubSpot's answer leaves to the address.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.collect.batch import Batch
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.rest.client import Client, RequestRefused
from ingest.collect.rest.sweep import Moment, Page, Sweep

SEARCH = "crm/v3/lists/search"
LISTS_AT_ONCE = 500
MEMBERS_AT_ONCE = 250
CONTACTS = "0-1"
OVERLAP = timedelta(minutes=5)

_MOVED = ("hs_last_record_added_at", "hs_last_record_removed_at", "hs_list_size")
"""What tells that the members of a list are not what they were; HubSpot gives them unasked."""

_GONE = 404


def list_batches(client: Client, state: Any) -> Iterator[Batch]:
    """Yield the lists that were made or changed; their size is no change."""
    known: dict[str, str] = dict(state or {})
    for page in list_pages(client):
        digests = {str(one["listId"]): _digest(one) for one in page.records}
        changed = [one for one in page.records if known.get(str(one["listId"])) != _digest(one)]
        known |= digests
        content = json.dumps({**page.content, page.key: changed}, ensure_ascii=False).encode()
        yield Batch(state=dict(known), content=content if changed else None, records=len(changed))


def member_batches(client: Client, state: Any) -> Iterator[Batch]:
    """Yield pages of members, list by list; the position is that within each list."""
    known: dict[str, dict[str, Any]] = dict(state or {})
    for page in list_pages(client):
        for one in page.records:
            list_id, moved = str(one["listId"]), _moved(one)
            was = known.get(list_id, {"moved": None, "sweep": None})
            if one.get("objectTypeId") != CONTACTS or (moved and was["moved"] == moved):
                continue
            try:
                for batch in _members(client, list_id, was["sweep"]):
                    is_over = batch.state["page"] is None
                    known[list_id] = {"moved": moved if is_over else None, "sweep": batch.state}
                    yield replace(batch, state=dict(known))
            except RequestRefused as refused:
                # deleted since it was listed
                if refused.status != _GONE:
                    raise


def list_pages(client: Client) -> Iterator[Page]:
    """Yield the pages of all lists."""
    offset = 0
    while True:
        asked = {"query": "", "offset": offset, "count": LISTS_AT_ONCE, "additionalProperties": []}
        answer = client.post(SEARCH, asked)
        page = Page(answer, "lists", None)
        if not all("listId" in one for one in page.records):
            raise UnexpectedAnswer("HubSpot gives a list without listId")
        yield page
        if not answer.get("hasMore"):
            return
        following = answer.get("offset")
        if not isinstance(following, int) or following <= offset:
            raise UnexpectedAnswer("HubSpot's pages of lists lead nowhere")
        offset = following


def _members(client: Client, list_id: str, state: Any) -> Iterator[Batch]:
    sweep = Sweep(
        fetch=lambda since, after: _member_page(client, list_id, since, after),
        mark=_mark,
        before=lambda at: at and (datetime.fromisoformat(str(at)) - OVERLAP).isoformat(),
        now=lambda: datetime.now(UTC).isoformat(),
    )
    return sweep.batches(state, "")


def _member_page(client: Client, list_id: str, since: Moment, after: Any) -> Page:
    asked = {"limit": MEMBERS_AT_ONCE}
    if after is not None:
        asked["after"] = after
    answer = client.get(f"crm/v3/lists/{list_id}/memberships/join-order", asked)
    members = [
        {"listId": list_id, **one}
        for one in Page(answer, "results", None).records
        if _mark(one)[1] >= since
    ]
    paging = answer.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    mark = following.get("after") if isinstance(following, dict) else None
    return Page({**answer, "results": members}, "results", mark)


def _mark(member: dict[str, Any]) -> tuple[str, Moment]:
    record_id, added_at = member.get("recordId"), member.get("membershipTimestamp")
    if record_id is None or not isinstance(added_at, str):
        raise UnexpectedAnswer("HubSpot lists a member without recordId or membershipTimestamp")
    return f"{record_id}@{added_at}", added_at


def _moved(one: dict[str, Any]) -> list[Any] | None:
    """Return what changes with the members of a list; None where HubSpot does not tell."""
    told = one.get("additionalProperties")
    moved = [told.get(name) for name in _MOVED] if isinstance(told, dict) else []
    return moved if any(each is not None for each in moved) else None


def _digest(one: dict[str, Any]) -> str:
    said = {name: value for name, value in one.items() if name != "additionalProperties"}
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:16]
