"""Calls, recordings, messages and conversations of a Twilio account in, pages of them out.

Lists are ordered from the newest on and can be filtered by day. A call gets its price and its
last status hours after it began: each sweep starts two days before the newest record that was
seen. What belongs to a call is landed with it, as told in ``twilio_calls``; how conversations are
read is told in ``twilio_conversations``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.rest.api import basic_headers, client
from ingest.collect.rest.sweep import Moment, Page, Sweep
from ingest.collect.rest.twilio_calls import CallFamilies
from ingest.collect.rest.twilio_conversations import CONVERSATIONS_URL, Conversations
from ingest.source import Collect

BASE_URL = "https://api.twilio.com"
PAGE_SIZE = 1_000
OVERLAP = timedelta(days=2)
FIRST_DAY = "2008-11-01"

_LISTS = {
    "calls": ("Calls", "StartTime>", ("start_time", "date_created")),
    "recordings": ("Recordings", "DateCreated>", ("date_created",)),
    "messages": ("Messages", "DateSent>", ("date_sent", "date_created")),
}
"""By stream: the resource, the filter (``StartTime>=``, before its ``=``), and its times."""


def collector(settings: Collect, patience: Patience) -> TwilioCollector:
    """Return the collector of an account."""
    return TwilioCollector(settings, patience)


class TwilioCollector:
    """What one account keeps."""

    suffix = ".json"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        given = settings.settings
        self._account = str(given["account_sid"])
        headers = basic_headers(settings, str(given.get("key_sid", self._account)))
        self._client = client(settings, patience, BASE_URL, headers)
        self._conversations = Conversations(
            client(settings, patience, CONVERSATIONS_URL, headers, setting="conversations_url"),
            given.get("since", FIRST_DAY),
        )
        self._streams: tuple[str, ...] = given["streams"]
        self._page_size = int(given.get("page_size", PAGE_SIZE))
        self._start = str(given.get("since", FIRST_DAY))

    def streams(self) -> tuple[str, ...]:
        """Return the chosen streams."""
        return self._streams

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield pages of what began on or after a day."""
        if stream == "conversations":
            return self._conversations.batches(state)
        sweep = Sweep(
            fetch=lambda since, page: self._page(stream, since, page, self._page_size),
            mark=lambda record: _mark(stream, record),
            before=lambda at: (date.fromisoformat(str(at)) - OVERLAP).isoformat(),
            now=lambda: datetime.now(UTC).date().isoformat(),
        )
        if stream == "calls":
            families = CallFamilies(self._client, self._list("Calls"))
            sweep = replace(sweep, complete=families.complete)
        return sweep.batches(state, self._start)

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask for one record; Twilio does not say how many there are."""
        if stream == "conversations":
            return self._conversations.preview()
        since = state["from"] if state else self._start
        page = self._page(stream, since, None, 1)
        some = "there are" if page.records else "there are no"
        detail = f"connected; {some} {stream} since {since}, Twilio does not count them"
        return StreamPreview(stream=stream, waiting=None, detail=detail)

    def close(self) -> None:
        """End the connections."""
        self._client.close()
        self._conversations.close()

    def _list(self, resource: str) -> str:
        return f"2010-04-01/Accounts/{self._account}/{resource}"

    def _page(self, stream: str, since: Moment, page: Any, size: int) -> Page:
        resource, filter_, _ = _LISTS[stream]
        if page is None:
            query = {filter_: since, "PageSize": size}
            answer = self._client.get(f"{self._list(resource)}.json", query)
        else:
            answer = self._client.get(page)
        return Page(answer, stream, answer.get("next_page_uri") or None)


def _mark(stream: str, record: dict[str, Any]) -> tuple[str, Moment]:
    text = json.dumps(record, sort_keys=True)
    for name in _LISTS[stream][2]:
        if written := record.get(name):
            return hashlib.sha256(text.encode()).hexdigest()[:16], _day(str(written))
    raise UnexpectedAnswer(f"Twilio lists one of its {stream} without a date")


def _day(written: str) -> str:
    """Return the day of an RFC 2822 or ISO 8601 time, in UTC."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        try:
            moment = parsedate_to_datetime(written)
        except ValueError as error:
            raise UnexpectedAnswer(f"Twilio writes a time as {written[:60]!r}") from error
    return moment.astimezone(UTC).date().isoformat()
