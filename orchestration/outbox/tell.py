"""The build and what was last told in; the rows of this generation in ``crm.outbox`` out.

They are told when the generation is published: a run that is killed or fails the gate leaves rows
that nobody can read, and the next run drops them.
"""

from __future__ import annotations

import duckdb

from orchestration.home import Home
from orchestration.outbox.changes import find_changes
from orchestration.outbox.compact import remove_delivered
from orchestration.outbox.declarations import Declarations
from orchestration.outbox.told import keep_what_was_told
from orchestration.publishing import generations
from orchestration.runs.stages import now


def tell(con: duckdb.DuckDBPyConnection, home: Home, declarations: Declarations) -> dict[str, int]:
    """Write the changes of this generation and return how many there are of each ``op``.

    Raises
    ------
    Refused
        If a declared table or column does not exist, or the file of deliveries cannot be read or
        knows of rows that are lost.
    """
    last = keep_what_was_told(con, home)
    remove_delivered(con, declarations.kept_days)
    find_changes(con, declarations)
    con.execute(
        """
        insert into crm.outbox by name
        select
            *,
            -- the position is part of it: a row may change there and back and there again
            md5(concat_ws('|', table_name, key, coalesce(prev_hash, ''), coalesce(row_hash, ''),
                outbox_id)) as idempotency_key,
            $generation as generation,
            $now as told_at,
            0 as attempt
        from (
            select * exclude (place),
                $last + row_number() over (order by place, table_name, op, key) as outbox_id
            from outbox_changes
        )
        """,
        {"generation": generations.next_one(con, home), "now": now(), "last": last},
    )
    counts = con.execute("select op, count(*) from outbox_changes group by op order by op")
    found: dict[str, int] = dict(counts.fetchall())
    con.execute("drop table outbox_changes")
    con.execute("drop table outbox_told")
    return found
