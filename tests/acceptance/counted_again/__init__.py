"""Marts of a whole company counted a second time, in Polars: raw rows in, expected rows out.

Nothing of the models is read; what a mart means is written down here once more. Amounts are whole
ten-thousandths, so that sums are exact.
"""

from __future__ import annotations

from tests.acceptance.counted_again.billing import invoices, receivables
from tests.acceptance.counted_again.commerce import cohorts, order_lines, orders, products_by_month
from tests.acceptance.counted_again.contact import ad_spend, emails, surveys, tickets, web_sessions
from tests.acceptance.counted_again.deals import (
    colleagues,
    opportunities,
    sales_by_month,
    stage_stays,
)
from tests.acceptance.counted_again.raw import Keyed, Raw, exact, keyed

__all__ = [
    "Keyed",
    "Raw",
    "ad_spend",
    "cohorts",
    "colleagues",
    "emails",
    "exact",
    "invoices",
    "keyed",
    "opportunities",
    "order_lines",
    "orders",
    "products_by_month",
    "receivables",
    "sales_by_month",
    "stage_stays",
    "surveys",
    "tickets",
    "web_sessions",
]
