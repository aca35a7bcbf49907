"""Headers of a message in; when it was sent and when it arrived out."""

from __future__ import annotations

from datetime import datetime, timedelta

from ingest.sources.email.headers import Headers, moment
from ingest.sources.email.refusal import NotAMessage

LATEST_BEFORE_RECEIPT = timedelta(days=1)
"""A message cannot be sent after it arrived; clocks and zones are off by hours, not days."""


def received_at_of(headers: Headers, time_zone: str) -> datetime | None:
    """Return when our server took it: the time in the first Received header that has one.

    Delivery-date is what Exim writes, Resent-Date who sent it on. Not asked are the ``From `` line
    of an mbox and the name of a Maildir file: exports write there when they ran.
    """
    written = [value.rpartition(";")[2] for value in headers.all("received")]
    for value in [*written, *headers.all("delivery-date"), *headers.all("resent-date")]:
        at = moment(value, time_zone)
        if at is not None:
            return at
    return None


def sent_at_of(
    headers: Headers, received_at: datetime | None, time_zone: str
) -> tuple[datetime, str | None]:
    """Return when it was sent, and the Date header if it could not be believed."""
    written = headers.raw("date")
    sent_at = moment(written, time_zone)
    if sent_at is not None:
        delay = timedelta(0) if received_at is None else received_at - sent_at
        if delay >= -LATEST_BEFORE_RECEIPT:
            return sent_at, None
    if received_at is not None:
        return received_at, written or None
    known = f"the date {written[:60]!r} is unreadable" if written else "it has no date"
    raise NotAMessage(
        "missing_date", f"{known}, and no Received, Delivery-date or Resent-Date header tells it"
    )
