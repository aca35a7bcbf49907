"""One declared table against the outbox, applied from the first row to the last."""

from __future__ import annotations

import duckdb

from orchestration.outbox.declarations import Declared
from orchestration.sql_text import literal, quoted


def applied(con: duckdb.DuckDBPyConnection, declared: Declared) -> tuple[int, str]:
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
