"""The outbox as a log: what it may hold, what it leads to, and that what was told stays."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration.checks.check_results import CheckResult
from orchestration.frames import registered
from orchestration.gate.outbox_applied import applied
from orchestration.home import Home
from orchestration.outbox.declarations import Declarations
from orchestration.outbox.deliveries import ACK, read_events
from orchestration.outbox.told import COLUMNS
from orchestration.publishing import generations
from orchestration.publishing.published import attached
from orchestration.sql_values import integer

ASSET = "crm/outbox"
_DELIVERY = ("attempt", "ack_at", "error")

_OF_THE_LOG = {
    # before the newest acknowledged row there are gaps where older ones were removed
    "positions_are_unique_and_without_gaps": (
        "with newer as (select outbox_id from crm.outbox where outbox_id >= coalesce("
        "(select max(outbox_id) from crm.outbox where ack_at is not null), 0)) "
        "select (select count(*) - count(distinct outbox_id) from crm.outbox) "
        "+ (select coalesce(abs(max(outbox_id) - min(outbox_id) + 1 - count(*)), 0) from newer)"
    ),
    "a_delete_has_no_payload_and_others_have_one": (
        "select count(*) from crm.outbox where op not in ('insert', 'update', 'delete') "
        "or (op = 'delete') <> (payload is null) or row_hash is distinct from md5(payload) "
        "or not json_valid(key) or not coalesce(json_valid(payload), true)"
    ),
    "changes_follow_one_another": (
        "select count(*) from ("
        "select op, prev_hash, lag(op) over told as before, "
        "lag(row_hash) over told as hash_before, "
        # the change before may have been removed where any row before was
        "outbox_id > row_number() over (order by outbox_id) as is_after_a_gap "
        "from crm.outbox window told as (partition by table_name, key order by outbox_id)"
        ") where (prev_hash is distinct from hash_before "
        "or (op = 'insert') <> (coalesce(before, 'delete') = 'delete')) "
        "and not (before is null and is_after_a_gap and op <> 'insert' and prev_hash is not null)"
    ),
    "idempotency_keys_are_unique": (
        "select count(*) - count(distinct idempotency_key) from crm.outbox"
    ),
}


def outbox_checks(
    con: duckdb.DuckDBPyConnection, home: Home, declarations: Declarations
) -> Iterator[CheckResult]:
    """Check the log, what comes of applying it, and that nothing told before has changed."""
    for name, query in _OF_THE_LOG.items():
        yield _result(name, integer(con, query), "rows of the outbox")
    for declared in declarations.tables:
        wrong, message = applied(con, declared)
        yield CheckResult(
            check_name=f"told_{declared.name}_is_what_stands",
            asset=ASSET,
            passed=wrong == 0,
            rows_failed=wrong,
            message=message if wrong else "",
        )
    if generations.current(home) is not None:
        with attached(con, home):
            withdrawn = _withdrawn(con, home)
            yield _result("what_was_told_stays", withdrawn, "rows told before")


def _result(name: str, wrong: int, of: str) -> CheckResult:
    return CheckResult(
        check_name=name,
        asset=ASSET,
        passed=wrong == 0,
        rows_failed=wrong,
        message=f"{wrong} {of} break this" if wrong else "",
    )


def _withdrawn(con: duckdb.DuckDBPyConnection, home: Home) -> int:
    """Return how many rows of the generation that readers have are not in the log as they were.

    Rows that were acknowledged, or that an acknowledged change of the same row has overtaken, may
    be gone.
    """
    if not integer(
        con,
        "select count(*) from duckdb_tables() where database_name = 'published' "
        "and schema_name = 'crm' and table_name = 'outbox'",
    ):
        return 0
    kept = ", ".join(column for column in COLUMNS if column not in _DELIVERY)
    with registered(con, "outbox_events", read_events(home)):
        return integer(
            con,
            f"""
            with missing as (
                select {kept} from published.crm.outbox except select {kept} from crm.outbox
            ),
            delivered as (
                select table_name, key, max(outbox_id) as up_to
                from published.crm.outbox as log
                where ack_at is not null or exists (
                    from outbox_events as events
                    where events.event = '{ACK}'
                        and log.outbox_id between events.first_id and events.last_id
                )
                group by table_name, key
            )
            select count(*)
            from missing
            left join delivered using (table_name, key)
            where outbox_id in (select outbox_id from crm.outbox)
                or coalesce(outbox_id > delivered.up_to, true)
            """,  # noqa: S608
        )
