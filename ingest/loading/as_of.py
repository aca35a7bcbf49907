"""The setting and the data in; the day that everything is computed as of out."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb

from ingest.contracts import CONTRACTS
from ingest.from_contracts.schema import raw_table

EVENTS = ("interaction", "web_event", "order", "email_event", "ticket_event")
"""What customers do: the newest of it says how far the data goes."""


def resolve_as_of(
    con: duckdb.DuckDBPyConnection, setting: str | date, time_zone: str, now: datetime
) -> date:
    """Return the day whose beginning (UTC) is the as_of.

    ``data`` is the day after the newest event, or where there is no event after the newest
    dated record; without any it is today. A date more than a day ahead of ``now`` is a
    mistake of its source and does not count.

    Parameters
    ----------
    now
        Naive UTC.
    """
    if isinstance(setting, date):
        return setting
    if setting == "data":
        others = tuple(name for name in CONTRACTS if name not in EVENTS)
        newest = _newest(con, EVENTS, now) or _newest(con, others, now)
        if newest is not None:
            return newest.date() + timedelta(days=1)
    zoned = now.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(time_zone))
    return zoned.date()


def _newest(
    con: duckdb.DuckDBPyConnection, entities: tuple[str, ...], now: datetime
) -> datetime | None:
    """Return the newest time at which a dated record was known."""
    tables = " union all ".join(
        f"select max(known_at) as newest from {raw_table(entity)} "  # noqa: S608
        "where known_at <= $limit and coalesce(recorded_at, occurred_at) is not null"
        for entity in entities
    )
    sql = f"select max(newest) from ({tables})"  # noqa: S608
    row = con.execute(sql, {"limit": now + timedelta(days=1)}).fetchone()
    return None if row is None else row[0]
