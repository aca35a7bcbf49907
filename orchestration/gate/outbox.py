"""The outbox as a log: what it may hold, what it leads to, and that what was told stays."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration import generations
from orchestration.check_results import CheckResult
from orchestration.gate.outbox_applied import applied
from orchestration.home import Home
from orchestration.outbox.declarations import Declarations
from orchestration.outbox.told import COLUMNS
from orchestration.published import attached
from orchestration.sql_values import integer

ASSET = "crm/outbox"
_DELIVERY = ("attempt", "ack_at", "error")

_OF_THE_LOG = {
    "positions_are_unique_and_without_gaps": (
        "select abs(count(*) - count(distinct outbox_id)) "
        "+ coalesce(abs(max(outbox_id) - min(outbox_id) + 1 - count(*)), 0) from crm.outbox"
    ),
    "a_delete_has_no_payload_and_others_have_one": (
        "select count(*) from crm.outbox where op not in ('insert', 'update', 'delete') "
        "or (op = 'delete') <> (payload is null) or row_hash is distinct from md5(payload) "
        "or not json_valid(key) or not coalesce(json_valid(payload), true)"
    ),
    "changes_follow_one_another": (
        "select count(*) from ("
        "select op, prev_hash, lag(op) over told as before, lag(row_hash) over told as hash_before "
        "from crm.outbox window told as (partition by table_name, key order by outbox_id)"
        ") where prev_hash is distinct from hash_before "
        "or (op = 'insert') <> (coalesce(before, 'delete') = 'delete')"
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
            yield _result("what_was_told_stays", _withdrawn(con), "rows told before")


def _result(name: str, wrong: int, of: str) -> CheckResult:
    return CheckResult(
        check_name=name,
        asset=ASSET,
        passed=wrong == 0,
        rows_failed=wrong,
        message=f"{wrong} {of} break this" if wrong else "",
    )


def _withdrawn(con: duckdb.DuckDBPyConnection) -> int:
    """Return how many rows of the generation that readers have are no longer in the log."""
    if not integer(
        con,
        "select count(*) from duckdb_tables() where database_name = 'published' "
        "and schema_name = 'crm' and table_name = 'outbox'",
    ):
        return 0
    kept = ", ".join(column for column in COLUMNS if column not in _DELIVERY)
    return integer(
        con,
        f"select count(*) from (select {kept} from published.crm.outbox "  # noqa: S608
        f"except select {kept} from crm.outbox)",
    )
