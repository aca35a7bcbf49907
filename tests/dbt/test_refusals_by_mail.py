"""Complaints, mails that ask to be left out, and lists that were left; what marketing may do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
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


From x Mon Jan  5 09:15:00 2026
From: home@customer.example
To: news@nordlicht.example
Date: Mon, 5 Jan 2026 09:15:00 +0000
Received: by nordlicht.example; Mon, 5 Jan 2026 09:15:01 +0000
Message-ID: <h1@customer.example>
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


def stated(who: str, purpose: str, status: str, day: int, **more: Any) -> dict[str, Any]:
    moment = datetime.fromisoformat(f"2026-01-{day:02} 09:00:00")
    return {"consent_id": f"{who}{day}", "person_ref": f"email:{who}@customer.example",
            "purpose": purpose, "channel": "email", "status": status, "captured_at": moment,
            **more}  # fmt: skip


CONSENTS = [
    stated("lea", "marketing", "granted", 1),
    stated("lea", "subscription_type:Marketing Information", "withdrawn", 2),
    # joining one list again is no yes to marketing
    stated("lea", "subscription_type:Marketing Information", "granted", 3),
    stated("max", "marketing", "granted", 1),
    stated("max", "subscription_type:9", "withdrawn", 2),
    stated("ned", "subscription_type:Marketing Information", "withdrawn", 2),
    stated("ned", "marketing", "granted", 3),
    # the type by its id, and what it is called
    stated(
        "pia",
        "subscription_type:7",
        "withdrawn",
        2,
        attributes='{"subscription_name": "Marketing Information"}',
    ),
    stated(
        "quy", "subscription_type:7", "withdrawn", 2, attributes='{"subscriptionName": "Repairs"}'
    ),
    stated("ola", "subscription_type:marketing information", "withdrawn", 2, channel=None),
    # two of one home have said yes each, before a no came from the address that both state
    stated("fay", "marketing", "granted", 1, person_ref="contact:t:fay"),
    stated("gus", "marketing", "granted", 1, person_ref="contact:t:gus"),
    # a yes from there is nobody's of them
    stated("home", "sales", "granted", 2),
]

CONTACTS = [
    {"contact_id": name, "first_name": name, "email": "home@customer.example"}
    for name in ("fay", "gus")
]


def test_who_complains_or_leaves_gets_no_marketing_by_mail(
    build_warehouse: Callable[..., Path], tmp_path: Path
) -> None:
    mbox = tmp_path / "m.mbox"
    mbox.write_text(MAILS)
    people = ("ida", "jon", "kim", "lea", "max", "ned", "ola", "pia", "quy")
    customers = {one: [f"email:{one}@customer.example"] for one in (*people, "home")}
    customers |= {name: [f"contact:t:{name}"] for name in ("fay", "gus")}

    path = build_warehouse(
        read(mbox) | {"consent": CONSENTS, "contact": CONTACTS},
        customers,
        selection=["--select", "+int_permissions__current"],
    )

    with duckdb.connect(str(path), read_only=True) as con:
        said = con.execute(
            "select customer_id, purpose, channel, reason "
            "from intermediate.int_permissions__current "
            "where reason in ('denied', 'granted') order by all"
        ).fetchall()
    assert said == [
        ("fay", "marketing", "email", "denied"),
        ("gus", "marketing", "email", "denied"),
        ("home", "marketing", "email", "denied"),
        ("home", "sales", "email", "granted"),
        ("ida", "marketing", "email", "denied"),
        ("jon", "marketing", "email", "denied"),
        ("lea", "marketing", "email", "denied"),
        ("max", "marketing", "email", "granted"),
        ("ned", "marketing", "email", "granted"),
        ("ola", "marketing", "email", "denied"),
        ("pia", "marketing", "email", "denied"),
    ]
