"""What stands and what was last told in; ``outbox_changes``, the difference, out.

One statement per table. A value with noise is compared with what was told, not with the generation
before: steps that are each too small are told once they have added up.
"""

from __future__ import annotations

import duckdb

from orchestration.outbox.declarations import Declarations, Declared
from orchestration.outbox.standing import standing, types
from orchestration.sql_text import literal, quoted

LAST_TOLD = """
create or replace temp table outbox_told as
select table_name, key, payload, row_hash
from crm.outbox
where op <> 'delete' and outbox_id in (
    select max(outbox_id) from crm.outbox group by table_name, key
)
"""
"""Rows as whoever has read everything has them."""

_CHANGES = """
create or replace temp table outbox_changes (
    place integer, table_name varchar, op varchar, key varchar, payload varchar, row_hash varchar,
    prev_hash varchar
)
"""


def find_changes(con: duckdb.DuckDBPyConnection, declarations: Declarations) -> None:
    """Fill ``outbox_changes``; what is no longer declared is told as deletes."""
    columns = types(con, declarations)
    con.execute(LAST_TOLD)
    con.execute(_CHANGES)
    for place, declared in enumerate(declarations.tables):
        _compare(con, place, declared, columns[declared.name])
    con.execute(
        "insert into outbox_changes by name "
        "select -1 as place, table_name, 'delete' as op, key, row_hash as prev_hash "
        "from outbox_told where not list_contains($declared, table_name)",
        {"declared": [declared.name for declared in declarations.tables]},
    )


def _compare(
    con: duckdb.DuckDBPyConnection, place: int, declared: Declared, columns: dict[str, str]
) -> None:
    rows = standing(declared, columns)
    values: dict[str, object] = {**rows.values, "table": declared.name, "place": place}
    differs = []
    if declared.columns:
        values["exact"] = [_path(column) for column in declared.columns]
        differs.append(
            "json_extract(standing.payload, $exact) is distinct from "
            "json_extract(told.payload, $exact)"
        )
    for n, (column, noise) in enumerate(declared.noise.items()):
        before = f"try_cast(json_extract_string(told.payload, {literal(_path(column))}) as double)"
        values[f"noise_{n}"] = noise
        differs.append(
            f"(standing.{quoted(column)} is null) <> ({before} is null) "
            f"or coalesce(abs(standing.{quoted(column)} - {before}) >= $noise_{n}, false)"
        )
    con.execute(
        f"""
        insert into outbox_changes
        with standing as ({rows.sql}),
        told as (select * from outbox_told where table_name = $table)
        select
            $place,
            $table,
            case
                when told.key is null then 'insert'
                when standing.key is null then 'delete'
                else 'update'
            end,
            coalesce(standing.key, told.key),
            standing.payload,
            md5(standing.payload),
            told.row_hash
        from standing full join told on standing.key = told.key
        where told.key is null or standing.key is null or {" or ".join(differs) or "false"}
        """,  # noqa: S608
        values,
    )


def _path(column: str) -> str:
    return f'$."{column}"'
