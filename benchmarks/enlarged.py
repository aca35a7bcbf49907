"""A warehouse of several times the size: a home in, a warehouse of copies under new keys out.

    python -m benchmarks.enlarged HOME FOLDER --times 5 --web-times 18

Loading ten million interactions takes hours; the models only need the rows. Every record is copied
under new keys that refer to each other as the originals do, so that a copy is a company of its own
with the same colleagues, campaigns and products. Visits beyond ``--times`` are of strangers. With
the numbers above a home of size m has the customers and the visits of one of size l.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import duckdb

from ingest import storage

SHARED = {
    "ad_spend", "agent", "calendar_day", "campaign", "fx_rate", "pipeline_stage", "product",
    "quota", "schedule", "schedule_holiday", "sla_policy",
}  # fmt: skip
"""Raw tables that a larger company has no more of."""

SHARED_REFERENCES = {
    "actor_ref", "agent_ref", "assignee_ref", "campaign_ref", "changed_by_ref", "manager_ref",
    "owner_ref", "product_ref", "submitter_ref",
    "batch_id", "run_id", "source_record_id", "click_id", "ad_account_id",
}  # fmt: skip

KEYS = {"email", "identifier", "ip", "mobile", "phone", "record_hash", "record_key"}
"""Columns that tell records apart and do not end in ``_id`` or ``_ref``."""


def is_key(column: str, kind: str) -> bool:
    """Return whether a copy needs a value of its own in the column."""
    return kind == "VARCHAR" and (
        column in KEYS or (column.endswith(("_id", "_ref")) and column not in SHARED_REFERENCES)
    )


def enlarge(source: Path, target: Path, times: int, web_times: int) -> int:
    """Write the copies and return the number of raw rows there are then."""
    storage.create(target)
    with duckdb.connect(str(target)) as con:
        path = str(source).replace("'", "''")
        con.execute(f"attach '{path}' as source (read_only)")
        tables: dict[tuple[str, str], list[str]] = {}
        for schema, table, column, kind in con.execute(
            "select c.schema_name, c.table_name, c.column_name, c.data_type "
            "from duckdb_columns() as c inner join duckdb_tables() as t "
            "on c.table_oid = t.table_oid and c.database_name = t.database_name "
            "where c.database_name = 'source' "
            "and c.schema_name in ('raw', 'identity', 'meta', 'crm') order by all"
        ).fetchall():
            keys = tables.setdefault((schema, table), [])
            if is_key(column, kind):
                keys.append(f'"{column}"')
        rows = 0
        for (schema, table), keys in tables.items():
            name = f'{schema}."{table}"'
            con.execute(f"create schema if not exists {schema}")
            con.execute(f"create table {name} as from source.{name}")
            copied = keys and schema in ("raw", "identity") and table not in SHARED
            copies = (web_times if table == "web_event" else times) if copied else 1
            for number in range(1, copies):
                renamed = ", ".join(f"{key} || '~{number}' as {key}" for key in keys)
                con.execute(f"insert into {name} select * replace ({renamed}) from source.{name}")
            if schema == "raw":
                ((count,),) = con.execute(f"select count(*) from {name}").fetchall()
                rows += count
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("home", type=Path, help="home folder of a finished run")
    parser.add_argument("folder", type=Path, help="new home folder; nothing but the warehouse")
    parser.add_argument("--times", type=int, default=5, help="as many of every record")
    parser.add_argument("--web-times", type=int, default=18, help="as many web events")
    given = parser.parse_args()
    given.folder.mkdir(parents=True)
    rows = enlarge(
        given.home / "warehouse.duckdb",
        given.folder / "warehouse.duckdb",
        given.times,
        given.web_times,
    )
    print(f"{rows:,} raw rows in {given.folder}")


if __name__ == "__main__":
    main()
