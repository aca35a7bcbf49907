"""A complaint and a mail that asks to be left out, from their bytes to what marketing may do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ingest.source import Company, Source
from ingest.sources.email import parse

pytestmark = pytest.mark.pipeline

MAILS = """\
From x Mon Jan  5 09:00:00 2026
From: feedback@isp.example
To: fbl@nordlicht.example
Date: Mon, 5 Jan 2026 09:00:00 +0000
Received: by nordlicht.example; Mon, 5 Jan 2026 09:00:01 +0000
Message-ID: <c1@isp.example>
Content-Type: multipart/report; report-type=feedback-report; boundary=b

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: <ida@customer.example>

--b--

From x Mon Jan  5 09:10:00 2026
From: jon@customer.example
To: news@nordlicht.example
Date: Mon, 5 Jan 2026 09:10:00 +0000
Received: by nordlicht.example; Mon, 5 Jan 2026 09:10:01 +0000
Message-ID: <u1@customer.example>
Subject: unsubscribe


From x Mon Jan  5 09:20:00 2026
From: kim@customer.example
To: news@nordlicht.example
Date: Mon, 5 Jan 2026 09:20:00 +0000
Received: by nordlicht.example; Mon, 5 Jan 2026 09:20:01 +0000
Message-ID: <q1@customer.example>
Subject: How do I unsubscribe?

Tell me.
"""


def read(path: Path) -> dict[str, list[dict[str, Any]]]:
    company = Company(name="Nordlicht", domains=("nordlicht.example",))
    source = Source(name="m", format="email", path="*", namespace="t", company=company)
    rows: dict[str, list[dict[str, Any]]] = {}
    for chunk in parse(path, source):
        for entity in ("interaction", "email_event"):
            if entity in chunk.rows:
                kept = chunk.rows[entity].drop("position").to_dicts()
                rows.setdefault(entity, []).extend(kept)
    return rows


def test_who_complains_or_leaves_by_mail_gets_no_marketing_by_mail(
    build_warehouse: Callable[..., Path], tmp_path: Path
) -> None:
    mbox = tmp_path / "m.mbox"
    mbox.write_text(MAILS)
    customers = {one: [f"email:{one}@customer.example"] for one in ("ida", "jon", "kim")}

    path = build_warehouse(
        read(mbox), customers, selection=["--select", "+int_permissions__current"]
    )

    with duckdb.connect(str(path), read_only=True) as con:
        denied = con.execute(
            "select customer_id, purpose, channel, reason "
            "from intermediate.int_permissions__current "
            "where reason = 'denied' order by all"
        ).fetchall()
    assert denied == [
        ("ida", "marketing", "email", "denied"),
        ("jon", "marketing", "email", "denied"),
    ]
