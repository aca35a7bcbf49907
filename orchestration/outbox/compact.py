"""``crm.outbox`` and how long to keep in; the log without what was delivered long ago out.

Of each row of a table the newest change that was acknowledged before then has overtaken all before
it: they go. It goes itself if a later change stands, or if it is a delete. What stays, applied from
the first row to the last, gives the tables as they are.

The newest acknowledged row of all stays: from it on positions are without gaps, and none is used
again.
"""

from __future__ import annotations

from datetime import timedelta

import duckdb

from orchestration.runs.stages import now

_DELIVERED = """
with judged as (
    select
        outbox_id,
        op,
        ack_at,
        max(outbox_id) filter (where ack_at < $before) over same_row as delivered_up_to,
        max(outbox_id) over same_row as newest
    from crm.outbox
    window same_row as (partition by table_name, key)
)
select outbox_id
from judged
where
    (outbox_id < delivered_up_to
        or outbox_id = delivered_up_to and (outbox_id < newest or op = 'delete'))
    and outbox_id <> (select max(outbox_id) from judged where ack_at is not null)
"""


def remove_delivered(con: duckdb.DuckDBPyConnection, kept_days: int) -> None:
    """Remove what was acknowledged more than ``kept_days`` ago and is needed no more."""
    con.execute(
        f"delete from crm.outbox where outbox_id in ({_DELIVERED})",  # noqa: S608
        {"before": now() - timedelta(days=kept_days)},
    )
