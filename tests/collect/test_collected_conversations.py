"""A mailbox and messages collected twice: what customers said, waited and got is counted by hand.

Between the two a mail is moved to another folder and one is deleted, a folder is numbered anew,
and of two copies of a mail one is in the folder of what was sent.
"""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from fake_twilio import FakeTwilio
from mail_server import USER, MailServer
from vendor_server import serving

from ingest.collect.run import collect
from ingest.config import read_config
from orchestration.identity.resolve import resolve_identities
from tests.current_rows import load
from tests.dbt_builds import build_models

pytestmark = pytest.mark.pipeline

JANE, ANNA, GONE = "jane@acme.example", "anna@nordlicht.example", "gone@acme.example"
PHONE = "+4915128709341"
DELIVERED = {"total": 1, "delivered": "all", "read": "none", "failed": "none"}

REPORT = """\
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; gone@acme.example
Action: failed
Status: 5.1.1

--B
Content-Type: message/rfc822

Message-ID: <offer@nordlicht.example>
From: anna@nordlicht.example
Subject: Offer

Our offer
--B--
"""


def mail(
    name: str, sender: str, to: str, at: str, *ancestors: str, rest: str = "\nHello\n"
) -> bytes:
    head = [f"From: {sender}", f"To: {to}", f"Date: {datetime.fromisoformat(at):%d %b %Y %H:%M Z}",
            f"Message-ID: <{name}>", "Subject: Re: chairs"]  # fmt: skip
    if ancestors:
        head.append(f"In-Reply-To: <{ancestors[-1]}>")
        head.append("References: " + " ".join(f"<{one}>" for one in ancestors))
    return "\n".join([*head, rest]).replace("\n", "\r\n").encode()


def received(message: bytes) -> bytes:
    return b"Received: from a by b; Mon, 02 Mar 2026 08:30:07 +0000\r\n" + message


Q1, A1, Q2, A2 = (
    "q1@acme.example",
    "a1@nordlicht.example",
    "q2@acme.example",
    "a2@nordlicht.example",
)
QUESTION = mail(Q1, JANE, ANNA, "2026-03-02 08:00")
ANSWER = mail(A1, ANNA, JANE, "2026-03-02 08:30", Q1)
ABSENT = mail("ooo@acme.example", JANE, ANNA, "2026-03-02 08:31", Q1, A1,
              rest="Auto-Submitted: auto-replied\n\nI am out\n")  # fmt: skip
THEN = mail(Q2, JANE, ANNA, "2026-03-02 09:30", Q1, A1)
LAST = mail(A2, ANNA, JANE, "2026-03-02 10:30", Q1, A1, Q2)
OFFER = mail("offer@nordlicht.example", ANNA, GONE, "2026-03-03 09:59")
BOUNCE = mail("bounce@mx.example.net", "MAILER-DAEMON@mx.example.net", ANNA, "2026-03-03 10:00",
              rest=REPORT)  # fmt: skip


def party(number: int, **who: Any) -> dict[str, Any]:
    return {"sid": f"MB{number}", "conversation_sid": "CH1", "date_created": "2026-03-02T10:00:00Z",
            "date_updated": "2026-03-02T10:00:00Z", **who}  # fmt: skip


def said(vendor: FakeTwilio, author: str, at: str, **more: Any) -> None:
    vendor.say("CH1", "…", author=author, date_created=at, date_updated=at, **more)


@pytest.fixture
def texts() -> FakeTwilio:
    vendor = FakeTwilio()
    vendor.participants["CH1"] = [
        party(
            1, messaging_binding={"type": "sms", "address": PHONE, "proxy_address": "+493012345"}
        ),
        party(2, identity="agent-anna"),
    ]
    said(vendor, PHONE, "2026-03-02T10:00:00Z")
    said(vendor, "agent-anna", "2026-03-02T10:05:00Z", delivery=DELIVERED)
    return vendor


def test_what_was_said_is_in_the_marts_once(
    mailbox: MailServer, texts: FakeTwilio, home: Path
) -> None:
    entry = {"kind": "imap", "host": "localhost", "port": mailbox.port, "user": USER,
             "ca_file": str(mailbox.ca_file), "password": "env:IMAP_PASSWORD",
             "folders": ["INBOX", "Sent", "Archive"]}  # fmt: skip
    with serving(texts.answer) as url:
        twilio = {"kind": "twilio", "account_sid": "AC1", "token": "env:VENDOR_TOKEN",
                  "base_url": url, "conversations_url": url}  # fmt: skip
        (home / "sources.yml").write_text(json.dumps({
            "company": {"name": "Nordlicht", "domains": ["nordlicht.example"]},
            "sources": {
                "mail": {"format": "email", "path": "mail/*.mbox", "collect": entry},
                "texts": {"format": "twilio_conversations", "path": "texts/*.json",
                          "options": {"agents": ["agent-*"]}, "collect": twilio},
            },
        }))  # fmt: skip
        mailbox.folder("Archive")
        first = mailbox.put(received(QUESTION), number=1)
        mailbox.put(ANSWER, "Sent", number=2)
        # she had put herself into Bcc
        mailbox.put(received(ANSWER), number=3)
        absent = mailbox.put(received(ABSENT), number=4)
        mailbox.put(OFFER, "Sent", number=5)
        mailbox.put(received(BOUNCE), number=6)
        fetch(home)

        first.unlink()
        mailbox.put(received(QUESTION), "Archive", number=1)
        absent.unlink()
        mailbox.number_anew("Sent")
        mailbox.put(received(THEN), number=7)
        mailbox.put(LAST, "Sent", number=8)
        said(texts, PHONE, "2026-03-02T11:00:00Z")
        fetch(home)

    with duckdb.connect(str(home / "warehouse.duckdb")) as con:
        resolve_identities(con, key=b"k" * 32, run_id="run 1")
    build_models(home, "--select", "+fct_waits", "+stg_email_events")
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as con:
        counts = con.execute(
            "select identifier, channel, direction, interaction_type, count(*), "
            "count(distinct conversation_id) from marts.fct_interactions "
            "left join intermediate.int_identifiers__current using (customer_id) "
            "where id_type in ('email', 'phone') group by all order by all"
        ).fetchall()
        waits = con.execute(
            "select wait_id, calendar_minutes, is_first_reply, agent_id "
            "from marts.fct_waits order by waited_since"
        ).fetchall()
        bounces = con.execute(
            "select recipient_ref, event_type, bounce_category, email_id "
            "from staging.stg_email_events"
        ).fetchall()
    assert counts == [
        (f"email:{GONE}", "email", "inbound", "bounce", 1, 1),
        (f"email:{GONE}", "email", "outbound", "message", 1, 1),
        (f"email:{JANE}", "email", "inbound", "auto_reply", 1, 1),
        (f"email:{JANE}", "email", "inbound", "message", 2, 1),
        (f"email:{JANE}", "email", "outbound", "message", 2, 1),
        (f"phone:{PHONE}", "chat", "internal", "note", 1, 1),
        (f"phone:{PHONE}", "sms", "inbound", "message", 2, 1),
        (f"phone:{PHONE}", "sms", "outbound", "message", 1, 1),
    ]
    assert waits == [
        (f"mail:{Q1}", 30, True, None),
        (f"mail:{Q2}", 60, False, None),
        ("texts:IMCH10", 5, True, "texts:agent-anna"),
        ("texts:IMCH12", None, False, None),
    ]
    assert bounces == [(f"email:{GONE}", "bounce", "hard", "mail:offer@nordlicht.example")]


def fetch(home: Path) -> None:
    for source in read_config(home / "sources.yml").sources:
        collect(source, home)
    load(home)
