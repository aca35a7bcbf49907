"""A SOQL query in, sets of CSV lines out, by a query job of Salesforce's Bulk API 2.0."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

from ingest.collect.errors import StreamMissing, UnexpectedAnswer, Unreachable
from ingest.collect.patience import Patience
from ingest.collect.rest.client import Answer, Client, RequestRefused

MAX_RECORDS = 50_000
"""Records a file; some 50 MB of contacts with two hundred fields."""

LONGEST_JOB_S = 3_600.0

_QUOTED = re.compile('"[^"]*"')

_WRONG = 400
_RUNNING = ("UploadComplete", "InProgress")


class JobFailed(StreamMissing):
    """Salesforce ended a query job without results."""


@dataclass(frozen=True, slots=True)
class Results:
    """One set of results.

    Parameters
    ----------
    content
        CSV with a header.
    locator
        Mark of the next set, None after the last.
    """

    content: bytes
    header: str
    records: int
    locator: str | None


class QueryJob:
    """Query jobs of one org."""

    def __init__(self, client: Client, path: str, patience: Patience) -> None:
        self._client = client
        self._path = f"{path}/jobs/query"
        self._patience = patience

    def create(self, query: str) -> tuple[str, datetime | None]:
        """Start a job, deleted records included; return its id, and when it was by their clock."""
        try:
            answer = self._client.post(self._path, {"operation": "queryAll", "query": query})
        except RequestRefused as refused:
            # of this object alone, as far as one can tell
            if refused.status != _WRONG:
                raise
            raise JobFailed(
                f"Salesforce does not take the query {query[:60]}…: {refused}"
            ) from None
        job_id = answer.get("id")
        if not isinstance(job_id, str) or not job_id.isalnum():
            raise UnexpectedAnswer("Salesforce gave the query job no id")
        try:
            created_at = datetime.fromisoformat(str(answer.get("createdDate"))).astimezone(UTC)
        except ValueError:
            return job_id, None
        return job_id, created_at

    def wait(self, job_id: str) -> int:
        """Wait until a job is complete; return how many records it found.

        Raises
        ------
        JobFailed
            If it will never be complete.
        Unreachable
            If it is not complete within an hour; it is waited for again the next time.
        """
        started = time.monotonic()
        wait_s = self._patience.first_wait_s
        while True:
            job = self._client.get(f"{self._path}/{job_id}")
            state = job.get("state")
            if state == "JobComplete":
                return int(job.get("numberRecordsProcessed", 0))
            if state not in _RUNNING:
                said = job.get("errorMessage") or "no reason"
                raise JobFailed(f"Salesforce ended the query job {job_id} as {state}: {said}")
            if time.monotonic() - started > LONGEST_JOB_S:
                raise Unreachable(f"Salesforce's query job {job_id} is still {state}; later again")
            self._patience.limit.sleep(wait_s)
            wait_s = min(wait_s * 1.5, self._patience.longest_wait_s)

    def results(
        self, job_id: str, locator: str | None, max_records: int, header: str | None
    ) -> Results:
        """Return a set of results, complete by the number of records that Salesforce tells.

        Parameters
        ----------
        locator
            None for the first set.
        header
            First line of the first set: later ones may come without it.
        """
        params: dict[str, str | int] = {"maxRecords": max_records}
        if locator is not None:
            params["locator"] = locator
        found: list[Results] = []

        def check(answer: Answer) -> str | None:
            try:
                text = answer.body.decode()
                first = text.partition("\n")[0]
                if header is not None and first.rstrip("\r") != header:
                    first, text = header, f"{header}\n{text}"
            except UnicodeDecodeError as error:
                return f"the answer is no CSV or ends early ({error})"
            records = _records(text, first)
            if records is None:
                return "the answer ends within a record"
            told = answer.headers.get("Sforce-NumberOfRecords", "")
            if told.isdecimal() and int(told) != records:
                return f"the answer has {records} of {told} records"
            following = answer.headers.get("Sforce-Locator", "null")
            found.append(
                Results(
                    text.encode(),
                    first.rstrip("\r"),
                    records,
                    None if following in {"", "null"} else following,
                )
            )
            return None

        self._client.get_bytes(f"{self._path}/{job_id}/results", params, check)
        return found[-1]

    def miscounted(self, stream: str, records: int, total: int) -> NoReturn:
        """Say that the sets do not make up what the job found."""
        raise UnexpectedAnswer(
            f"Salesforce gave {records} of {total} records of {stream}; collect again"
        )


def _records(text: str, header: str) -> int | None:
    """Return how many records are in a CSV behind its header; None if the last one is cut off.

    Python's reader refuses fields of more than 131,072 characters, which bodies of mail can have,
    and takes half a record for one.
    """
    outside = _QUOTED.sub("", text)
    lines = outside.rstrip("\r\n")
    if '"' in lines or lines.rpartition("\n")[2].count(",") != header.count(","):
        return None
    return lines.count("\n")
