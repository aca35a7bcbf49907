"""What the outbox tells against the tables it tells of: applied from the first row to the last."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from orchestration import generations
from orchestration.check_results import CheckResult
from orchestration.home import Home
from orchestration.outbox.declarations import Declarations, Declared
from orchestration.outbox.told import COLUMNS
from orchestration.published import attached
from orchestration.sql_text import literal, quoted
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
        wrong, message = _applied(con, declared)
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


def _applied(con: duckdb.DuckDBPyConnection, declared: Declared) -> tuple[int, str]:
    """Return how many rows a reader of the outbox has wrong, and what is wrong with them.

    The payload is read as a consumer reads it: each column by itself, with the type of the table.
    """
    types = dict(
        con.execute(
            "select column_name, data_type from duckdb_columns() "
            "where database_name = current_database() and schema_name = 'crm' and table_name = ?",
            [declared.name],
        ).fetchall()
    )
    values: dict[str, object] = {"table": declared.name}
    stands = []
    for n, (column, allowed) in enumerate(declared.only.items()):
        for m, one in enumerate(allowed):
            values[f"only_{n}_{m}"] = one
        listed = ", ".join(f"$only_{n}_{m}" for m in range(len(allowed)))
        stands.append(f"{quoted(column)} in ({listed})")
    if declared.asks_consent:
        stands.append(
            "exists (from crm.channel_preference as asked where "
            f"asked.customer_id = stands.customer_id and asked.{quoted(declared.consent)})"
        )
    differs = [
        f"{_read('payload', column, types)} is distinct from {_finite('stands', column, types)}"
        for column in declared.columns
    ]
    for n, (column, noise) in enumerate(declared.noise.items()):
        values[f"noise_{n}"] = noise
        told, now = _read("payload", column, types), _finite("stands", column, types)
        differs.append(
            f"coalesce(abs(cast({told} as double) - cast({now} as double)) >= $noise_{n}, "
            f"{told} is distinct from {now})"
        )
    same_key = " and ".join(
        f"stands.{quoted(column)} = {_read('key', column, types)}" for column in declared.key
    )
    keys = ", ".join(quoted(column) for column in declared.key)
    missing, surplus, differing, repeated = con.execute(
        f"""
        with told as (
            select key, arg_max(payload, outbox_id) as payload
            from crm.outbox where table_name = $table
            group by key
            having arg_max(op, outbox_id) <> 'delete'
        ),
        stands as (
            select *, true as is_there
            from crm.{quoted(declared.name)} as stands where {" and ".join(stands) or "true"}
        )
        select
            count(*) filter (where told.key is null),
            count(*) filter (where stands.is_there is null),
            count(*) filter (
                where told.key is not null and stands.is_there and ({" or ".join(differs)})
            ),
            (select count(*) - count(distinct ({keys})) from stands)
        from stands full join told on {same_key}
        """,  # noqa: S608
        values,
    ).fetchall()[0]
    return missing + surplus + differing + repeated, (
        f"{missing} rows are not told, {surplus} told ones do not stand, {differing} say something "
        f"else, {repeated} keys occur more than once"
    )


def _read(where: str, column: str, types: dict[str, str]) -> str:
    path = literal(f'$."{column}"')
    return f"try_cast(json_extract_string(told.{where}, {path}) as {types[column]})"


def _finite(alias: str, column: str, types: dict[str, str]) -> str:
    """Return a column as JSON can say it: NaN and infinities are null."""
    name = f"{alias}.{quoted(column)}"
    if types[column] in ("DOUBLE", "FLOAT"):
        return f"case when isfinite({name}) then {name} end"
    return name
