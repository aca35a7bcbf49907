"""What lands of a system is read by the format of its source."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from fake_hubspot import FakeHubspot
from fake_intercom import FakeIntercom, intercom
from fake_salesforce import FakeSalesforce
from fake_twilio import FakeTwilio
from vendor_server import serving

from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.source import Source
from ingest.sources import FORMATS

Make = Callable[..., Source]


def parsed(home: Path, source: Source, files: tuple[str, ...]) -> tuple[Counter[str], int]:
    """Return the rows by entity, and how many records were rejected."""
    rows: Counter[str] = Counter()
    rejected = 0
    for file in files:
        for chunk in FORMATS[source.format](home / file, source):
            rows.update({entity: frame.height for entity, frame in chunk.rows.items()})
            rejected += chunk.rejected.height
    return rows, rejected


def test_what_lands_is_read_by_the_format_of_the_source(
    home: Path, source_of: Make, patience: Patience
) -> None:
    chat = FakeIntercom()
    chat.put("c1", 1_700_000_000)
    with serving(chat.answer) as url:
        source = intercom(source_of, url)
        files = collect(source, home, patience=patience).files
    assert parsed(home, source, files) == ({"interaction": 1, "contact": 1}, 0)
    assert json.loads((home / files[0]).read_bytes())["type"] == "conversation.list"


def test_contacts_are_read_by_the_format_intercom(
    home: Path, source_of: Make, patience: Patience
) -> None:
    chat = FakeIntercom()
    chat.put_contact("u1", 1_700_000_000, unsubscribed_from_emails=True)
    with serving(chat.answer) as url:
        source = intercom(source_of, url, streams=["contacts"])
        files = collect(source, home, patience=patience).files
    assert parsed(home, source, files) == ({"contact": 1, "consent": 2}, 0)


def test_deals_and_deleted_deals_are_read_by_the_format_hubspot(
    home: Path, source_of: Make, patience: Patience
) -> None:
    portal = FakeHubspot()
    portal.put("deals", 5, 1_700_000_000_000, dealname="A", dealstage="won", amount="10")
    portal.archived["deals"] = [
        {"id": "7", "properties": {"dealname": "B", "hs_object_id": "7"}, "archived": True,
         "archivedAt": "2024-01-01T00:00:00Z", "updatedAt": "2024-01-01T00:00:00Z"}
    ]  # fmt: skip
    with serving(portal.answer) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", base_url=url, page_size=20,
                           token="env:VENDOR_TOKEN", streams=["deals"])  # fmt: skip
        files = collect(source, home, patience=patience).files
    rows, rejected = parsed(home, source, files)
    assert (rows["opportunity"], rejected) == (2, 0)
    assert rows["opportunity_history"] > 0


def test_contacts_are_read_by_the_format_salesforce(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    org.put("Contact", "003000000000001AAA", "2024-01-01T00:00:00.000Z", LastName="Doe",
            Email="jane@example.com", IsDeleted="false")  # fmt: skip
    with serving(org.answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url,
                           client_id="id", client_secret="env:VENDOR_TOKEN")  # fmt: skip
        files = collect(source, home, patience=patience).files
    assert parsed(home, source, files) == ({"contact": 1}, 0)


def test_conversations_are_read_by_the_format_twilio_conversations(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeTwilio()
    vendor.say("CH1", "hello")
    with serving(vendor.answer) as url:
        source = source_of("twilio_conversations", "chat/*.json", kind="twilio",
                           account_sid="AC1", token="env:VENDOR_TOKEN", base_url=url,
                           conversations_url=url)  # fmt: skip
        files = collect(source, home, patience=patience).files
    rows, _ = parsed(home, source, files)
    assert rows["interaction"] >= 1
