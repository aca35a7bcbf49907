"""Objects of a Salesforce org in, CSV files of those that have changed out.

Each object is a query job of Bulk API 2.0 over a window of ``SystemModstamp`` (``CreatedDate``
where history objects lack it), deleted records included. A window ends now and begins ten minutes
before the last one ended, by Salesforce's clock where ours is ahead of it: a record carries the
time at which its transaction wrote it, and can be seen only when the transaction, of ten minutes at
most, has ended. Which fields there are is asked for each window, so that custom ones are there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from ingest.collect.batch import Batch, StreamPreview
from ingest.collect.errors import StreamMissing
from ingest.collect.oauth import AccessTokens
from ingest.collect.patience import Patience
from ingest.collect.rest.api import client, token_headers
from ingest.collect.rest.client import Client, Headers, RequestRefused
from ingest.collect.rest.salesforce_job import MAX_RECORDS, JobFailed, QueryJob
from ingest.collect.rest.salesforce_object import ObjectFields, fields_of
from ingest.source import Collect

API_VERSION = "61.0"
OVERLAP = timedelta(minutes=10)
BEGINNING = "1999-01-01T00:00:00Z"

_UNKNOWN = 404

_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


def collector(settings: Collect, patience: Patience) -> SalesforceCollector:
    """Return the collector of an org."""
    return SalesforceCollector(settings, patience)


class SalesforceCollector:
    """Objects of one org."""

    suffix = ".csv"

    def __init__(self, settings: Collect, patience: Patience) -> None:
        given = settings.settings
        self._patience = patience
        self._client: Client = client(settings, patience, "", _headers(settings, patience))
        self._path = f"services/data/v{given.get('api_version', API_VERSION)}"
        self._streams: tuple[str, ...] = given["streams"]
        self._may_lack = bool(given.get("all_streams"))
        self._page_size = int(given.get("page_size", MAX_RECORDS))
        self._start = f"{given['since']}T00:00:00Z" if "since" in given else BEGINNING

    def streams(self) -> tuple[str, ...]:
        """Return the chosen objects."""
        return self._streams

    def batches(self, stream: str, state: Any) -> Iterator[Batch]:
        """Yield the results of the query over the current window, a file per set of them."""
        state = state or {"from": self._start}
        if "job" in state:
            try:
                yield from self._results(stream, state)
            except RequestRefused as refused:
                # results are kept for seven days; a version that did not ask for them gets 409
                if refused.status not in {400, 404, 409}:
                    raise
                state = {"from": state["from"]}
            else:
                return
        fields = self._fields(stream)
        if fields is None:
            return
        now = datetime.now(UTC)
        job = QueryJob(self._client, self._path, self._patience)
        job_id, created_at = job.create(fields.query(state["from"], now.strftime(_FORMAT)))
        # what is written after the job began is not in it, however far our clock is ahead
        until = min(now, created_at or now).strftime(_FORMAT)
        state = {"from": state["from"], "to": until, "job": job_id, "at": None, "records": 0}
        yield Batch(state=state)
        yield from self._results(stream, state)

    def preview(self, stream: str, state: Any) -> StreamPreview:
        """Count the records that have changed."""
        fields = self._fields(stream)
        if fields is None:
            detail = "this org has no such object, or not for this user"
            return StreamPreview(stream=stream, waiting=0, detail=detail)
        since = (state or {"from": self._start})["from"]
        answer = self._client.get(f"{self._path}/queryAll", {"q": fields.count(since)})
        total = answer.get("totalSize")
        waiting = total if isinstance(total, int) else None
        detail = f"{total} records changed since {since}"
        return StreamPreview(stream=stream, waiting=waiting, detail=detail)

    def close(self) -> None:
        """End the connections."""
        self._client.close()

    def _fields(self, stream: str) -> ObjectFields | None:
        """Return the fields; None where an object that nobody named is not there."""
        try:
            return fields_of(self._client, self._path, stream)
        except RequestRefused as refused:
            if refused.status != _UNKNOWN:
                raise
            if self._may_lack:
                return None
            raise StreamMissing(
                f"this org has no object {stream}, or not for this user: {refused}; correct "
                "streams in sources.yml or what the user may see"
            ) from None

    def _results(self, stream: str, state: dict[str, Any]) -> Iterator[Batch]:
        job = QueryJob(self._client, self._path, self._patience)
        window = {"from": state["from"]}
        try:
            total = job.wait(state["job"])
        except JobFailed:
            yield Batch(state=window)
            raise
        at, records, header = state["at"], int(state["records"]), state.get("header")
        while True:
            page = job.results(state["job"], at, self._page_size, header)
            is_circle = page.locator is not None and page.locator == at
            at, header, records = page.locator, page.header, records + page.records
            if is_circle or records > total or (at is None and records != total):
                # the whole window is asked for again
                yield Batch(state=window)
                job.miscounted(stream, records, total)
            after = {**state, "at": at, "records": records, "header": header}
            if at is None:
                ended = datetime.strptime(state["to"], _FORMAT)  # noqa: DTZ007 - written in UTC
                after = {"from": max(state["from"], (ended - OVERLAP).strftime(_FORMAT))}
            content = page.content if page.records else None
            yield Batch(state=after, content=content, records=page.records)
            if at is None:
                return


def _headers(settings: Collect, patience: Patience) -> Headers:
    if "token" in settings.secrets:
        return token_headers(settings)
    given = settings.settings
    token_url = str(given.get("token_url", f"{given['base_url']}/services/oauth2/token"))
    tokens = AccessTokens(settings, token_url, patience, given.get("ca_file"))
    return lambda is_refused: {"Authorization": f"Bearer {tokens.current(is_refused=is_refused)}"}
