"""A published file of known contents."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Return a home whose published file has marts.orders with four rows."""
    folder = tmp_path / "home"
    (folder / "published").mkdir(parents=True)
    file = folder / "published" / "crm-000001.duckdb"
    with duckdb.connect(str(file)) as con:
        con.execute("create schema marts")
        con.execute(
            """
            create table marts.orders as
            select * from (values
                (1, 'plain', cast(12.3456 as decimal(18, 4)), timestamp '2026-06-01 10:00:00'),
                (2, '=1+1', cast(-5 as decimal(18, 4)), null),
                (3, '@sum(a1)', null, null),
                (4, 'Ünïcode "quoted", comma', cast(0 as decimal(18, 4)), null)
            ) as t (order_id, note, amount, ordered_at)
            """
        )
    (folder / "published" / "crm.duckdb").symlink_to(file.name)
    return folder
