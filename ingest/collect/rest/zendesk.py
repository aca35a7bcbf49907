"""Incremental exports of Zendesk Support in, their pages out.

Tickets and users, with their identities, by cursor; organizations and ticket events, with the
comments in them, by time (comments that were changed afterwards: ``zendesk_comments``).
An export ends a minute before now. Users, groups and brands come before tickets, so that whoever
reads a ticket's events knows who is a colleague and what the groups are called; groups and brands
have no export and are landed when they differ from the last time. Satisfaction ratings and survey
responses are listed by the day they were asked for: each sweep starts four weeks before the newest,
as answers come late. A survey without an answer has no date whatever and is not landed. ``user``
with an API token, or a Bearer token alone.
"""

from __future__ import annotations

import hashlib
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import AccessRefused, UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.rest.api import basic_headers, client, token_headers
from ingest.collect.rest.snapshot import snapshot
from ingest.collect.rest.sweep import Page, Sweep
from ingest.collect.rest.zendesk_comments import changed_comments
from ingest.collect.rest.zendesk_list import following_cursor
from ingest.source import Collect

logger = logging.getLogger(__name__)

PAGE_SIZE = 1_000
NEWEST_S = 60
"""Zendesk refuses start times that are younger."""

_BY_CURSOR = ("tickets", "users")
_INCLUDE = {
    "tickets": "groups,metric_sets",
    "users": "identities",
    "ticket_events": "comment_events",
}
_OF_ALL_SUPPORT = ("tickets", "ticket_events")
"""Exports that leave out what AI agents have handled, unless asked for all types of support."""
_COUNTED = ("tickets", "users", "organizations")

NAMES = ("groups", "brands")
RATINGS = "satisfaction_ratings"
SURVEYS = "survey_responses"
_LISTED = (*NAMES, RATINGS, SURVEYS)
RATINGS_OVERLAP_S = 28 * 86_400
_LISTED_AT_ONCE = 100


def collector(settings: Collect, patience: Patience) -> ZendeskCollector:
    """Return the collector of an account."""
    return ZendeskCollector(settings, patience)


class ZendeskCollector:
    """Tickets of one account, with people and events."""

    suffix = ".json"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        given = settings.settings
        base_url = f"https://{given.get('subdomain')}.zendesk.com"
        user = given.get("user")
        headers = basic_headers(settings, f"{user}/token") if user else token_headers(settings)
        self._client = client(settings, patience, base_url, headers)
        self._streams: tuple[str, ...] = given["streams"]
        self._may_lack = bool(given.get("all_streams"))
        self._page_size = int(given.get("page_size", PAGE_SIZE))
        since = date.fromisoformat(given.get("since", "2007-01-01"))
        self._start = int(datetime(since.year, since.month, since.day, tzinfo=UTC).timestamp())

    def streams(self) -> tuple[str, ...]:
        """Return the chosen streams."""
        return self._streams

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield the pages of an export from where the last one ended."""
        if stream not in _LISTED:
            yield from self._exported(stream, state)
            return
        try:
            if stream in NAMES:
                yield from self._named(stream, state)
            else:
                yield from self._rated(state) if stream == RATINGS else self._surveyed(state)
        except AccessRefused as refused:
            # an account without brands or ratings has none to give; who names them gets the refusal
            if not self._may_lack:
                raise
            logger.warning("%s are left out: %s", stream, refused)

    def _named(self, stream: str, state: Any) -> Iterator[Batch]:
        return snapshot(state, lambda mark: self._listed(stream, mark, {}))

    def _rated(self, state: Any) -> Iterator[Batch]:
        sweep = Sweep(
            fetch=lambda since, mark: self._listed(RATINGS, mark, {"start_time": since}),
            mark=lambda rating: (_mark(rating), _epoch(rating)),
            before=lambda at: int(at) - RATINGS_OVERLAP_S,
            now=lambda: int(time.time()),
        )
        return sweep.batches(state, self._start)

    def _surveyed(self, state: Any) -> Iterator[Batch]:
        sweep = Sweep(
            fetch=self._answered,
            mark=lambda response: (_mark(response), _answered_at(response)),
            before=lambda at: int(at) - RATINGS_OVERLAP_S * 1000,
            now=lambda: int(time.time() * 1000),
        )
        return sweep.batches(state, self._start * 1000)

    def _answered(self, since: Any, mark: Any) -> Page:
        """Return those of a page of survey responses, from a moment in milliseconds, with answers.

        The milliseconds are Zendesk's: everywhere else its moments are seconds.
        """
        asked = {"filter[created_at_start]": since, "sort": "id"}
        page = self._listed(f"guide/{SURVEYS}", mark, asked)
        answered = [one for one in page.records if one.get("answers")]
        return replace(page, content={**page.content, page.key: answered})

    def _exported(self, stream: str, state: Any) -> Iterator[Batch]:
        state = state or {"at": None, "seen": []}
        while stream in _BY_CURSOR or (state["at"] or self._start) < time.time() - NEWEST_S:
            asked = state["at"]
            page, is_last = self._page(stream, asked)
            marks = {_mark(record): record for record in page.records}
            known = set(state["seen"])
            fresh = [record for mark, record in marks.items() if mark not in known]
            following = page.next_page
            if following == asked and not is_last:
                following = self._second_after(stream, asked)
            # the next page, or the next export, may begin with what this one ended with
            state = {"at": following, "seen": sorted(marks) or state["seen"]}
            content = {**page.content, page.key: fresh}
            changed = changed_comments(self._client, fresh) if stream == "ticket_events" else []
            if changed:
                content["comments"] = changed
            yield Batch(
                state=state,
                content=json.dumps(content, ensure_ascii=False).encode() if fresh else None,
                records=len(fresh) + len(changed),
            )
            if is_last:
                return

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Ask how many records there are; Zendesk does not say how many have changed."""
        if stream not in _COUNTED:
            return StreamPreview(stream=stream, waiting=None, detail=self._reached(stream))
        counted = self._client.get(f"api/v2/{stream}/count.json").get("count")
        total = counted.get("value") if isinstance(counted, dict) else None
        if state is not None:
            detail = f"{total} {stream} in all; those changed since the last time are fetched"
            return StreamPreview(stream=stream, waiting=None, detail=detail)
        waiting = total if isinstance(total, int) else None
        detail = f"{total} {stream} to fetch"
        return StreamPreview(stream=stream, waiting=waiting, detail=detail)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _reached(self, stream: str) -> str:
        """Ask for some of what is not counted, and say that it was given."""
        try:
            if stream == SURVEYS:
                self._answered(self._start * 1000, None)
            elif stream in _LISTED:
                self._listed(stream, None, {})
            else:
                self._client.get("api/v2/account/settings.json")
        except AccessRefused as refused:
            if not (self._may_lack and stream in _LISTED):
                raise
            return f"left out: {refused}"
        return "connected; Zendesk does not count them"

    def _second_after(self, stream: str, at: Any) -> int:
        """Return where to go on from a page that ends in the second it began with."""
        if stream in _BY_CURSOR:
            raise UnexpectedAnswer(f"Zendesk's export of {stream} leads back to itself")
        logger.warning(
            "more than a page of %s were written within one second, %s (epoch); if Zendesk did "
            "not give all of them, some are missing",
            stream,
            at,
        )
        return int(at) + 1

    def _listed(self, stream: str, mark: Any, params: dict[str, Any]) -> Page:
        """Return a page of a list by cursor pagination."""
        asked = {**params, "page[size]": _LISTED_AT_ONCE}
        if mark is not None:
            asked["page[after]"] = mark
        # the guide's addresses have no ending
        ending = "" if "/" in stream else ".json"
        answer = self._client.get(f"api/v2/{stream}{ending}", asked)
        return Page(answer, stream.rpartition("/")[2], following_cursor(answer))

    def _page(self, stream: str, at: Any) -> tuple[Page, bool]:
        by_cursor = stream in _BY_CURSOR
        path = f"api/v2/incremental/{stream}{'/cursor' if by_cursor else ''}.json"
        params: dict[str, Any] = {"per_page": self._page_size}
        if stream in _INCLUDE:
            params["include"] = _INCLUDE[stream]
        if stream in _OF_ALL_SUPPORT:
            params["support_type_scope"] = "all"
        if by_cursor and at is not None:
            params["cursor"] = at
        else:
            params["start_time"] = at or self._start
        answer = self._client.get(path, params)
        is_last = answer.get("end_of_stream")
        if not isinstance(is_last, bool):
            raise UnexpectedAnswer(f"Zendesk does not say whether its export of {stream} has ended")
        following = answer.get("after_cursor" if by_cursor else "end_time")
        if following is None and not is_last:
            raise UnexpectedAnswer(f"Zendesk does not say how its export of {stream} goes on")
        return Page(answer, stream, at if following is None else following), is_last


def _epoch(rating: dict[str, Any]) -> int:
    try:
        return int(datetime.fromisoformat(str(rating["created_at"])).timestamp())
    except (KeyError, ValueError) as error:
        raise UnexpectedAnswer("Zendesk lists a satisfaction rating without created_at") from error


def _answered_at(response: dict[str, Any]) -> int:
    """Return when the last answer of a survey was given or changed (epoch milliseconds)."""
    try:
        moments = [datetime.fromisoformat(str(one["updated_at"])) for one in response["answers"]]
    except (KeyError, TypeError, ValueError) as error:
        raise UnexpectedAnswer("Zendesk lists an answer to a survey without updated_at") from error
    return round(max(moments).timestamp() * 1000)


def _mark(record: dict[str, Any]) -> str:
    text = json.dumps(record, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
