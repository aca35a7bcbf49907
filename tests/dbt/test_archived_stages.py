"""A stage that its source has archived is still what the opportunities in it once went through."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import Build

pytestmark = pytest.mark.pipeline

at = datetime.fromisoformat


def stage(stage_id: str, order: int, share: float, **more: Any) -> dict[str, Any]:
    is_closed = share in (0, 1)
    return {
        "pipeline": "old", "stage_id": stage_id, "label": f"The {stage_id}",
        "display_order": order, "probability": share, "is_closed": is_closed,
        "is_won": share == 1, "recorded_at": at("2026-01-01"), **more,
    }  # fmt: skip


def rows() -> dict[str, list[dict[str, Any]]]:
    archived = {"is_deleted": True, "recorded_at": at("2026-05-01")}
    deal = {
        "opportunity_id": "deal", "name": "Deal", "pipeline": "old", "stage_name": "signed",
        "amount": 100, "currency": "EUR", "created_at": at("2026-02-01 09:00"),
        "recorded_at": at("2026-03-01 09:00"),
    }  # fmt: skip
    return {
        "pipeline_stage": [
            stage("met", 1, 0.25),
            stage("signed", 3, 1),
            stage("met", 1, 0.25, **archived),
            stage("signed", 3, 1, **archived),
            stage("never used", 2, 0.5, **archived),
            stage("asked", 4, 0.1),
        ],
        "opportunity": [deal],
        "opportunity_history": [
            {
                "opportunity_ref": "t:deal", "field": "stage", "old_value": old, "new_value": new,
                "changed_at": at(moment),
            }
            for old, new, moment in (
                (None, "met", "2026-02-01 09:00"), ("met", "signed", "2026-03-01 09:00"),
            )
        ],
    }  # fmt: skip


@pytest.fixture(scope="module")
def con(build_warehouse: Build) -> Iterator[duckdb.DuckDBPyConnection]:
    selection = ("--select", "+fct_opportunity_stage_history", "+fct_opportunities")
    path = build_warehouse(rows(), selection=selection)
    with duckdb.connect(str(path), read_only=True) as connection:
        yield connection


def test_what_was_in_an_archived_stage_keeps_its_outcome(con: duckdb.DuckDBPyConnection) -> None:
    assert con.sql(
        "select stage_name, stage_order, is_closed, is_won "
        "from marts.fct_opportunity_stage_history order by stage_index"
    ).fetchall() == [("met", 1, False, False), ("signed", 3, True, True)]
    assert con.sql(
        "select stage_order, probability, is_closed, is_won from marts.fct_opportunities"
    ).fetchall() == [(3, 1.0, True, True)]


def test_a_stage_that_nothing_was_in_is_gone_with_its_archiving(
    con: duckdb.DuckDBPyConnection,
) -> None:
    assert con.sql(
        "select stage_name, label from intermediate.int_stages__defined order by display_order"
    ).fetchall() == [("met", "The met"), ("signed", "The signed"), ("asked", "The asked")]
