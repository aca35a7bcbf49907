"""What dbt is told about the score tables is what the models write."""

from __future__ import annotations

import polars as pl
import pytest
import yaml

from models_ml.score_contract import SCORE_TABLES, ScoreTable
from orchestration.home import ROOT

SOURCES = ROOT / "dbt_project" / "models" / "marts" / "customer" / "_crm__sources.yml"

SQL_TYPES: dict[pl.DataType, str] = {
    pl.String(): "varchar",
    pl.Float64(): "double",
    pl.Int32(): "integer",
    pl.Int64(): "bigint",
    pl.Datetime("us"): "timestamp",
    pl.Boolean(): "boolean",
    pl.Decimal(18, 4): "decimal(18, 4)",
    pl.List(pl.String()): "varchar[]",
}


def declared() -> dict[str, dict[str, str]]:
    """Return the type that dbt is told, by table and column."""
    (source,) = yaml.safe_load(SOURCES.read_text())["sources"]
    return {
        table["name"]: {column["name"]: column["data_type"] for column in table["columns"]}
        for table in source["tables"]
    }


@pytest.mark.parametrize("table", SCORE_TABLES.values(), ids=lambda table: table.name)
def test_columns_and_types_are_the_contracts(table: ScoreTable) -> None:
    expected = {name: SQL_TYPES[dtype] for name, dtype in table.schema.items()}

    assert declared()[table.name] == expected


def test_every_score_table_is_declared() -> None:
    assert {name for name in declared() if not name.endswith("_current")} == set(SCORE_TABLES)
