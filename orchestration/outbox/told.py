"""Generations in; ``crm.outbox`` of the build database with what was told and nothing else, out.

A row is told when the file of its generation has its name. What a run wrote that was not published
goes; what a build database made anew, or taken from a backup, lacks comes from the newest file.
"""

from __future__ import annotations

import duckdb

from orchestration.errors import Refused
from orchestration.frames import registered
from orchestration.home import Home
from orchestration.outbox.deliveries import STATE, deliveries_file, read_events
from orchestration.publishing import generations
from orchestration.sql_text import literal
from orchestration.sql_values import integer

COLUMNS = (
    "outbox_id", "table_name", "op", "key", "payload", "row_hash", "prev_hash", "idempotency_key",
    "generation", "told_at", "attempt", "ack_at", "error",
)  # fmt: skip


def keep_what_was_told(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Bring ``crm.outbox`` to what was told, with the state of delivery; return the last position.

    The file of deliveries remembers the last position where the build database and all generations
    are lost.

    Raises
    ------
    Refused
        If deliveries of rows are known that the log does not have: others hold what nobody here
        knows any more, so a difference against the log would leave them wrong for ever.
    """
    known = integer(con, "select coalesce(max(generation), 0) from meta.generation")
    newest = max(generations.on_disk(home), default=0)
    if newest > known:
        _take_over(con, home, newest)
    con.execute("delete from crm.outbox where generation > $told", {"told": max(known, newest)})
    events = read_events(home)
    with registered(con, "outbox_events", events):
        con.execute(
            f"""
            update crm.outbox as log
            set attempt = state.attempt, ack_at = state.ack_at, error = state.error
            from ({STATE.format(log="crm.outbox")}) as state
            where log.outbox_id = state.outbox_id
                and (log.attempt, log.ack_at, log.error)
                is distinct from (state.attempt, state.ack_at, state.error)
            """  # noqa: S608
        )
    last = integer(con, "select coalesce(max(outbox_id), 0) from crm.outbox")
    delivered = int(str(events["last_id"].max() or 0))
    if 0 < last < delivered:
        raise Refused(
            f"{deliveries_file(home)} tells of deliveries up to row {delivered}, and the outbox "
            f"ends at row {last}: restore {home.warehouse.name} or the generation with those rows "
            "from the backup, or move that file away and let all who read the outbox start anew "
            "from empty tables."
        )
    return max(last, delivered)


def _take_over(con: duckdb.DuckDBPyConnection, home: Home, generation: int) -> None:
    """Replace the log by that of a generation, unless the generation is older than outboxes are."""
    file = generations.path_of(home, generation)
    con.execute(f"attach {literal(str(file))} as told (read_only)")
    try:
        if integer(
            con,
            "select count(*) from duckdb_tables() where database_name = 'told' "
            "and schema_name = 'crm' and table_name = 'outbox'",
        ):
            names = ", ".join(COLUMNS)
            con.execute("delete from crm.outbox")
            con.execute(f"insert into crm.outbox ({names}) select {names} from told.crm.outbox")  # noqa: S608
    finally:
        con.execute("detach told")
