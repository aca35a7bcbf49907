"""How old the newest record of every source is, on the day the warehouse looks from."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration.check_results import CheckResult

LARGEST_AGE_DAYS = 7
"""A source that says nothing for a week has most likely stopped arriving."""


def freshness(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Report event sources whose newest record is old at ``as_of``; it warns, it does not block.

    Sources that never give an event (price lists, calendars) change when they change and are
    not asked.
    """
    from ingest.contracts import CONTRACTS

    events = " union all ".join(
        f'select source, max(known_at) as newest from raw."{name}" group by source'  # noqa: S608
        for name, contract in CONTRACTS.items()
        if contract.kind == "event" and contract.occurred_at
    )
    rows = con.execute(
        f"""
        with as_of as (
            select cast(value as timestamp) as t from meta.settings where name = 'as_of'
        ),
        newest as (select source, max(newest) as newest from ({events}) group by source)
        select source, date_diff('day', newest, t) from newest, as_of order by source
        """  # noqa: S608
    ).fetchall()
    for source, age in rows:
        stale = age > LARGEST_AGE_DAYS
        yield CheckResult(
            check_name="newest_record_is_recent",
            asset=f"source/{source}",
            passed=not stale,
            severity="warn",
            blocking=False,
            message=f"newest record {age} days before as_of (limit {LARGEST_AGE_DAYS})"
            if stale
            else "",
        )
