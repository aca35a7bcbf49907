"""Marts of the simulated company of size s are what a second implementation makes of its raw rows.

All figures agree exactly, but for amounts in foreign currencies: the base value is a product of
doubles, and a tie may be rounded either way, which is a ten-thousandth of a euro.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import polars as pl
import pytest

from tests.acceptance import counted_again as again
from tests.acceptance.warehouse import Warehouse

pytestmark = pytest.mark.pipeline


@pytest.fixture(scope="module")
def con(company: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(company.home / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


@pytest.fixture(scope="module")
def raw(con: duckdb.DuckDBPyConnection) -> again.Raw:
    return again.Raw(con)


def rows(con: duckdb.DuckDBPyConnection, sql: str) -> pl.DataFrame:
    return again.exact(con.execute(sql).pl())


ROUNDED = 1
"""Ten-thousandths that one amount may be off."""

ROUNDED_SUM = 20
"""Ten-thousandths that the sum of a month may be off: ties are one in thousands."""


def same(
    found: pl.DataFrame, expected: pl.DataFrame, columns: dict[str, str], *rounded: str
) -> None:
    """Compare by key: ``columns`` maps those of the mart to ours, the first one is the key."""
    places = [list(columns).index(name) - 1 for name in rounded]
    agree(
        again.keyed(found, *columns),
        again.keyed(expected, *columns.values()),
        dict.fromkeys(places, ROUNDED),
    )


def agree(
    shown: again.Keyed, counted: again.Keyed, tolerances: dict[int, int] | None = None
) -> None:
    """Compare row by row; the columns at the places given may differ by so much."""
    assert len(counted) > 0
    assert shown.keys() == counted.keys()
    off = tolerances or {}
    differing = [
        (key, shown[key], counted[key])
        for key in counted
        if not all(
            one == other or (place in off and abs(one - other) <= off[place])
            for place, (one, other) in enumerate(zip(shown[key], counted[key], strict=True))
        )
    ]
    assert differing[:3] == []


def test_orders(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    names = (
        "customer_id", "line_count", "revenue", "total", "revenue_base", "total_base",
        "is_cancelled", "is_returned", "placed_at",
    )  # fmt: skip
    same(
        rows(con, "from marts.fct_orders"),
        again.orders(raw),
        {"order_id": "record_key"} | {name: name for name in names},
        "revenue_base",
        "total_base",
    )


def test_order_lines(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    names = (
        "customer_id", "revenue", "cogs", "revenue_base", "cogs_base", "is_cancelled",
        "is_returned", "placed_at",
    )  # fmt: skip
    same(
        rows(con, "from marts.fct_order_lines"),
        again.order_lines(raw),
        {"order_line_id": "record_key", "order_id": "order_ref", "product_id": "product_ref"}
        | {name: name for name in names},
        "revenue_base",
        "cogs_base",
    )


def test_products_by_month(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select product_id, period_start, order_count, quantity, returned_quantity, "
        "revenue_base, gross_margin_base, rank_in_month from marts.product_performance_monthly",
    )
    agree(
        {row[:2]: row[2:] for row in shown.iter_rows()},
        {row[:2]: row[2:] for row in again.products_by_month(raw).iter_rows()},
        {3: ROUNDED_SUM, 4: ROUNDED_SUM},
    )


def test_cohorts(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select cohort_month, months_since, customer_count, retained_customer_count, "
        "order_count, revenue_base from marts.retention_cohorts",
    )
    agree({row[:2]: row[2:] for row in shown.iter_rows()}, again.cohorts(raw), {3: ROUNDED_SUM})


def test_invoices(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    same(
        rows(con, "from marts.fct_invoices"),
        again.invoices(raw),
        {
            "invoice_id": "record_key", "amount": "amount", "settled_amount": "settled",
            "open_amount": "open", "open_amount_base": "open_base", "is_paid": "is_paid",
        },
        "open_amount_base",
    )  # fmt: skip


def test_receivables(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    same(
        rows(con, "from marts.receivables"),
        again.receivables(raw),
        {
            "invoice_id": "record_key", "open_amount": "open", "open_amount_base": "open_base",
            "arrears_bucket": "bucket", "days_overdue": "days",
        },
        "open_amount_base",
    )  # fmt: skip


def test_opportunities(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    names = ("amount", "is_closed", "is_won", "stage_name", "created_at", "close_date")
    same(
        rows(con, "from marts.fct_opportunities"),
        again.opportunities(raw),
        {"opportunity_id": "record_key", "closed_at": "ended_at"} | {name: name for name in names},
    )


def test_stage_stays(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select opportunity_id, stage_index, stage_name, entered_at, exited_at "
        "from marts.fct_opportunity_stage_history where evidence = 'history'",
    )
    agree({row[:2]: row[2:] for row in shown.iter_rows()}, again.stage_stays(raw))


def test_sales_by_rep_and_month(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select owner_id, period_start, created_count, won_count, lost_count, won_value_base "
        "from marts.rep_performance where created_count + won_count + lost_count > 0",
    )
    agree({row[:2]: row[2:] for row in shown.iter_rows()}, again.sales_by_month(raw))


def test_emails_by_campaign(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select campaign_id, sent_count, open_count, unique_open_count, click_count, "
        "unique_click_count, bounce_count from marts.email_performance",
    )
    agree({row[0]: row[1:] for row in shown.iter_rows()}, again.emails(raw))


def test_ad_spend(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    same(
        rows(con, "from marts.fct_ad_spend"),
        again.ad_spend(raw),
        {
            "ad_spend_id": "record_key", "campaign_id": "campaign_ref", "spend": "spend",
            "spend_base": "spend_base", "impressions": "impressions", "clicks": "clicks",
        },
        "spend_base",
    )  # fmt: skip


def test_web_sessions(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(
        con,
        "select session_id, event_count, page_views, started_at, ended_at "
        "from marts.fct_web_sessions",
    )
    agree({row[0]: row[1:] for row in shown.iter_rows()}, again.web_sessions(raw))


def test_tickets(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    shown = rows(con, "select ticket_id, reply_count, first_replied_at from marts.fct_tickets")
    agree({row[0]: row[1:] for row in shown.iter_rows()}, again.tickets(raw))


def test_surveys(con: duckdb.DuckDBPyConnection, raw: again.Raw) -> None:
    same(
        rows(con, "from marts.fct_survey_responses"),
        again.surveys(raw),
        {
            "survey_response_id": "record_key", "normalized_score": "normalized",
            "nps_group": "group", "responded_at": "responded_at",
        },
    )  # fmt: skip
