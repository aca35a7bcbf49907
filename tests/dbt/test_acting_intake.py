"""Forms, attachments and daily engagement, beside a count over the raw rows."""

from __future__ import annotations

from collections import Counter
from datetime import date

import duckdb
import pytest
from acting_company import AS_OF, campaign_emails, interactions

pytestmark = pytest.mark.pipeline


def test_a_form_is_told_by_its_event_and_finds_customer_and_lead(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert acting_warehouse.execute(
        "select submission_id, form_type, customer_id, lead_id, is_identified "
        "from marts.fct_form_submissions order by 1"
    ).fetchall() == [
        ("t:w1", "registration", "c_ada", "t:ada", True),
        ("t:w2", "demo_request", "c_bob", None, True),
        ("t:w3", "demo_request", None, None, False),
    ]


def test_attachments_are_described_and_copies_are_found(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    assert acting_warehouse.execute(
        "select attachment_id, customer_id, file_extension, mime_type, copy_count "
        "from marts.fct_interaction_attachments order by 1"
    ).fetchall() == [
        ("t:m10-0", "c_bob", "pdf", "application/pdf", 2),
        ("t:m10-1", "c_bob", "pdf", "application/pdf", 2),
        ("t:m10-2", "c_bob", None, "application/pdf", None),
    ]


def test_every_day_of_every_channel_counts_what_happened(
    acting_warehouse: duckdb.DuckDBPyConnection,
) -> None:
    again: Counter[tuple[str, date, str]] = Counter()
    for one in interactions():
        counts = one["interaction_type"] == "message" and not one.get("is_bot")
        if counts and one["started_at"] <= AS_OF and "nobody" not in one["customer_ref"]:
            name = one["customer_ref"].removeprefix("email:").removesuffix("@x.com")
            kind = "automated" if one.get("is_automated") else one["direction"]
            again[f"c_{name}", one["started_at"].date(), kind] += 1
    for event in campaign_emails():
        if event["event_type"] == "sent":
            again["c_dan", event["event_at"].date(), "sent"] += 1
    found: Counter[tuple[str, date, str]] = Counter()
    for name, day, *counts in acting_warehouse.execute(
        "select customer_id, engagement_date, inbound_count, outbound_count, automated_count, "
        "campaign_sent_count from marts.engagement_daily where channel = 'email'"
    ).fetchall():
        for kind, count in zip(("inbound", "outbound", "automated", "sent"), counts, strict=True):
            if count:
                found[name, day, kind] += count
    assert found == again
    assert found["c_bob", AS_OF.date().replace(month=6, day=30), "outbound"] == 1
    visits = acting_warehouse.execute(
        "select customer_id, sum(inbound_count) from marts.engagement_daily "
        "where channel = 'web' group by 1"
    ).fetchall()
    # a visit that gave an address is of whoever has it
    assert dict(visits).keys() == {"c_ada", "c_bob"}
