"""How old the newest record of every source is, on the day the warehouse looks from."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from ingest.contracts import CONTRACTS
from orchestration.checks.check_results import CheckResult
from orchestration.sql_text import quoted

SMALLEST_LIMIT_DAYS = 7
"""No source is called late before a week is over."""

PAUSES = 2
"""Nor before it has been silent this many times as long as ever before."""


def freshness(con: duckdb.DuckDBPyConnection) -> Iterator[CheckResult]:
    """Report event sources that have gone silent before ``as_of``; it warns, it does not block.

    A CRM in which a lead was changed yesterday is not silent, though nobody was called for weeks:
    dated changes of records count, too. Sources that never give an event (price lists, calendars)
    change when they change and are not asked.
    """
    events, states = (
        " union ".join(
            f"select source, cast({moment} as date) as day "  # noqa: S608
            f"from raw.{quoted(name)} where {moment} < (select t from as_of)"
            for name, contract in CONTRACTS.items()
            if contract.kind == kind and (kind == "state" or contract.occurred_at)
        )
        for kind, moment in (("event", "known_at"), ("state", "recorded_at"))
    )
    rows = con.execute(
        f"""
        with as_of as (
            select cast(value as timestamp) as t from meta.settings where name = 'as_of'
        ),
        events as ({events}),
        states as ({states}),
        days as (
            from events
            union
            from states where source in (select source from events)
        ),
        pauses as (
            select source, day,
                date_diff('day', lag(day) over (partition by source order by day), day) as pause
            from days
        )
        select
            source,
            date_diff('day', max(day), (select cast(t as date) from as_of)) as age,
            greatest({SMALLEST_LIMIT_DAYS}, {PAUSES} * coalesce(max(pause), 0)) as age_limit
        from pauses group by source order by source
        """  # noqa: S608
    ).fetchall()
    for source, age, limit in rows:
        late = age > limit
        yield CheckResult(
            check_name="source_is_not_silent",
            asset=f"source/{source}",
            passed=not late,
            severity="warn",
            blocking=False,
            message=f"silent for {age} days before as_of; its longest pause allows {limit}"
            if late
            else "",
        )
