from __future__ import annotations

from datetime import datetime

import duckdb
import polars as pl
import pytest

from models_ml.score_contract import CAMPAIGN_ROI, SCORE_TABLES, ScoreContractViolation
from orchestration.scores.score_tables import create, newest_before, replace_rows

JUNE, JULY = datetime(2026, 6, 1), datetime(2026, 7, 1)  # noqa: DTZ001 - the warehouse is naive UTC


def rows(at: datetime, *campaigns: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "campaign_id": list(campaigns),
            "attribution_model": "first",
            "conversions": 1.0,
            "conversions_low": None,
            "conversions_high": None,
            "acquisitions": 1.0,
            "revenue_base": "10.5000",
            "revenue_low_base": None,
            "revenue_high_base": None,
            "margin_base": None,
            "cost_base": "2.0000",
            "roi": None,
            "roi_low": None,
            "roi_high": None,
            "roas": None,
            "cac": None,
            "share": 0.5,
            "disagreement": 0.1,
            "data_cutoff": at,
            "run_id": "run-1",
        }
    ).with_columns(pl.col("revenue_base", "cost_base").cast(pl.Decimal(18, 4)))


@pytest.fixture
def table(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    create(con, CAMPAIGN_ROI, {"": "One row per campaign.", "roi": "It's the return."})
    return con


def campaigns(con: duckdb.DuckDBPyConnection, of: str = "campaign_roi") -> list[str]:
    return [
        name for (name,) in con.execute(f"select campaign_id from crm.{of} order by 1").fetchall()
    ]


def test_a_rerun_replaces_the_rows_of_its_moment_and_keeps_older_ones(
    table: duckdb.DuckDBPyConnection,
):
    replace_rows(table, CAMPAIGN_ROI, rows(JUNE, "a", "b"), at=JUNE)
    replace_rows(table, CAMPAIGN_ROI, rows(JULY, "a", "b"), at=JULY)

    assert replace_rows(table, CAMPAIGN_ROI, rows(JULY, "c"), at=JULY) == 1

    assert campaigns(table) == ["a", "b", "c"]
    assert campaigns(table, "campaign_roi_current") == ["c"]
    assert sorted(newest_before(table, CAMPAIGN_ROI, JULY)["campaign_id"]) == ["a", "b"]


def test_an_empty_population_leaves_no_row_of_its_moment(table: duckdb.DuckDBPyConnection):
    replace_rows(table, CAMPAIGN_ROI, rows(JUNE, "a"), at=JUNE)

    replace_rows(table, CAMPAIGN_ROI, rows(JUNE), at=JUNE)

    assert campaigns(table) == []


def test_rows_of_another_moment_are_refused_and_nothing_changes(
    table: duckdb.DuckDBPyConnection,
):
    replace_rows(table, CAMPAIGN_ROI, rows(JUNE, "a"), at=JUNE)

    with pytest.raises(ScoreContractViolation, match="another data_cutoff"):
        replace_rows(table, CAMPAIGN_ROI, rows(JULY, "b"), at=JUNE)

    assert campaigns(table) == ["a"]


def test_tables_have_comments_and_can_be_made_again(table: duckdb.DuckDBPyConnection):
    create(table, CAMPAIGN_ROI, {"roi": "It's the return."})

    assert table.execute(
        "select comment from duckdb_columns() where table_name = 'campaign_roi' "
        "and column_name = 'roi'"
    ).fetchall() == [("It's the return.",)]


def test_a_column_that_the_contract_gained_is_added(table: duckdb.DuckDBPyConnection):
    table.execute("drop view crm.campaign_roi_current")
    table.execute("alter table crm.campaign_roi drop column disagreement")

    create(table, CAMPAIGN_ROI, {})

    replace_rows(table, CAMPAIGN_ROI, rows(JUNE, "a"), at=JUNE)
    assert campaigns(table, "campaign_roi_current") == ["a"]


@pytest.mark.parametrize("name", SCORE_TABLES)
def test_every_score_table_can_be_made(con: duckdb.DuckDBPyConnection, name: str):
    create(con, SCORE_TABLES[name], {})

    assert con.execute(f"select count(*) from crm.{name}_current").fetchall() == [(0,)]


def test_rows_that_say_the_same_stay_with_the_run_that_wrote_them(
    table: duckdb.DuckDBPyConnection,
):
    replace_rows(table, CAMPAIGN_ROI, rows(JUNE, "b", "a"), at=JUNE)

    again = rows(JUNE, "a", "b").with_columns(run_id=pl.lit("run-2"))
    assert replace_rows(table, CAMPAIGN_ROI, again, at=JUNE) == 2

    runs = "select distinct run_id from crm.campaign_roi"
    assert table.execute(runs).fetchall() == [("run-1",)]
    other = again.with_columns(share=pl.when(campaign_id="a").then(0.4).otherwise("share"))
    replace_rows(table, CAMPAIGN_ROI, other, at=JUNE)
    assert table.execute(runs).fetchall() == [("run-2",)]
