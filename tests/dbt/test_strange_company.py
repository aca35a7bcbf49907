"""No record that keeps its contract stops the run, however strange what it says."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
import strange_company

pytestmark = pytest.mark.pipeline


@pytest.mark.parametrize("seed", [1, 2])
def test_every_model_is_built_of_what_nobody_can_mean(
    build_warehouse: Callable[..., Path], seed: int
) -> None:
    company = strange_company.Strange(random.Random(seed))
    rows = company.rows()

    built = build_warehouse(rows, strange_company.CUSTOMERS, ["c_org"])

    with duckdb.connect(str(built), read_only=True) as con:
        for entity, mart, key in (
            ("order_line", "fct_order_lines", "order_line_id"),
            ("opportunity", "fct_opportunities", "opportunity_id"),
            ("invoice", "fct_invoices", "invoice_id"),
        ):
            (held,) = con.execute(f"select count({key}) from marts.{mart}").fetchall()[0]
            expected = sum(not row.get("is_deleted", False) for row in rows[entity])
            assert 0 < held <= expected, mart


def test_what_does_not_fit_its_column_is_unknown_and_everything_else_is_told(
    build_warehouse: Callable[..., Path],
) -> None:
    """The number of an article in the place of a quantity."""
    line = {"order_ref": "t:1", "unit_price": 25, "currency": "EUR", "placed_at": "2026-06-01"}
    built = build_warehouse(
        {
            "order_line": [
                {"order_line_id": "1", "quantity": 4_006_381_333_931, **line},
                {"order_line_id": "2", "quantity": 2, **line},
            ]
        },
        selection=["--select", "+fct_order_lines"],
    )
    with duckdb.connect(str(built), read_only=True) as con:
        found = con.execute(
            "select order_line_id, quantity, revenue, revenue_base from marts.fct_order_lines "
            "order by 1"
        ).fetchall()
    assert found == [("t:1", 4_006_381_333_931, None, None), ("t:2", 2, 50, 50)]
