"""A home folder and its sources in; what the raw layer says now, as staging reads it, out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from ingest.config import read_config
from ingest.loading.load import load_all


def load(home: Path) -> None:
    """Load what has landed, and require that nothing was quarantined or failed."""
    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        results = load_all(con, read_config(home / "sources.yml"), home)
        quarantined = con.execute("select file, position, reason from meta.quarantine").fetchall()
    assert {one.source: one.message for one in results if one.status == "failed"} == {}
    assert quarantined == []


def current(home: Path, entity: str) -> dict[str, dict[str, Any]]:
    """Return the last version of each record that is neither deleted nor merged, by its key."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        # the order of dbt_project/macros/current_versions.sql
        found = con.execute(
            f"select * from (select * from raw.{entity} qualify row_number() over (partition by "
            "record_key order by recorded_at desc nulls last, file desc, position desc, "
            "record_hash desc) = 1) where not is_deleted and merged_into_ref is null"
        )
        names = [column[0] for column in found.description]
        rows = [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    return {row["record_key"]: row for row in rows}
