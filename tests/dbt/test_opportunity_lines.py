"""Lines of opportunities: a line that is silent says what its product and its deal say."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

pytestmark = pytest.mark.pipeline

at = datetime.fromisoformat


def test_a_line_is_valued_at_the_day_its_deal_was_closed(
    build_warehouse: Callable[..., Path],
) -> None:
    line = {"opportunity_ref": "t:o1", "product_ref": "t:p1", "created_at": at("2026-02-01")}
    path = build_warehouse(
        {
            "opportunity": [
                {
                    "opportunity_id": "o1",
                    "stage_name": "Won",
                    "is_closed": True,
                    "is_won": True,
                    "currency": "USD",
                    "created_at": at("2026-02-01"),
                    "closed_at": at("2026-03-02"),
                }
            ],
            "product": [{"product_id": "p1", "sku": "L-1", "name": "Lamp"}],
            "opportunity_line": [
                {"opportunity_line_id": "stated", "amount": Decimal("90"), **line},
                {
                    "opportunity_line_id": "computed",
                    "quantity": 3.0,
                    "unit_price": Decimal("10.5"),
                    "discount": Decimal("1.5"),
                    **line,
                },
                {"opportunity_line_id": "silent", **line},
                {"opportunity_line_id": "euro", "amount": Decimal("5"), "currency": "EUR", **line},
                {
                    "opportunity_line_id": "no_rate",
                    "amount": Decimal("5"),
                    "currency": "CHF",
                    **line,
                },
                {"opportunity_line_id": "gone", "amount": Decimal("7"), "is_deleted": True, **line},
            ],
            "fx_rate": [
                {
                    "rate_date": day,
                    "from_currency": "USD",
                    "to_currency": "EUR",
                    "rate": rate,
                }
                for day, rate in ((date(2026, 2, 1), 0.5), (date(2026, 3, 2), 0.8))
            ],
        },
        selection=["--select", "+fct_opportunity_lines", "+amounts_without_rate"],
    )

    with duckdb.connect(str(path), read_only=True) as con:
        lines = {
            line_id.removeprefix("t:"): values
            for line_id, *values in con.execute(
                "select opportunity_line_id, amount, amount_base, currency, sku, product_name "
                "from marts.fct_opportunity_lines"
            ).fetchall()
        }
        unvalued = con.execute(
            "select record_id, reason_code from meta.amounts_without_rate "
            "where table_name = 'fct_opportunity_lines'"
        ).fetchall()

    named = ["L-1", "Lamp"]
    assert lines == {
        "stated": [Decimal("90"), Decimal("72"), "USD", *named],
        "computed": [Decimal("30"), Decimal("24"), "USD", *named],
        "silent": [None, None, "USD", *named],
        "euro": [Decimal("5"), Decimal("5"), "EUR", *named],
        "no_rate": [Decimal("5"), None, "CHF", *named],
    }
    assert unvalued == [("t:no_rate", "no_rate")]
