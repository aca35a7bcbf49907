"""The entries and commands of the page about live collection, against systems on loopback."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from fake_hubspot import FakeHubspot
from fake_intercom import FakeIntercom
from fake_salesforce import FakeSalesforce
from fake_twilio import FakeTwilio
from fake_zendesk import FakeZendesk
from mail_server import PASSWORD, USER, MailServer
from vendor_server import TOKEN, serving

from tests.acceptance.warehouse import Warehouse

PAGE = Path(__file__).resolve().parents[2] / "docs" / "sources" / "collecting.md"

NOW = int(datetime.now(UTC).timestamp()) - 3_600
MAIL = b"From: a@b.example\r\nDate: 02 Mar 2026 08:00 Z\r\nMessage-ID: <1@b>\r\n\r\nHi\r\n"


def intercom() -> FakeIntercom:
    vendor = FakeIntercom()
    vendor.put("c1", NOW)
    return vendor


def zendesk() -> FakeZendesk:
    vendor = FakeZendesk()
    vendor.put("users", 11, NOW, name="Anna", role="agent", email="anna@nordlicht.example",
               created_at="2026-03-02T08:00:00Z", updated_at="2026-03-02T08:00:00Z")  # fmt: skip
    return vendor


def twilio() -> FakeTwilio:
    vendor = FakeTwilio(account="AC0123456789abcdef")
    vendor.put("CA1", "2026-03-02T08:00:00Z")
    return vendor


def hubspot() -> FakeHubspot:
    vendor = FakeHubspot(window=200)
    vendor.put("contacts", 61, NOW * 1000, firstname="Jane", email="jane@acme.example")
    return vendor


def salesforce() -> FakeSalesforce:
    vendor = FakeSalesforce()
    vendor.put("Contact", "003000000000001AAA", "2026-03-02T08:00:00.000Z", LastName="Doe",
               Email="doe@acme.example", IsDeleted="false")  # fmt: skip
    return vendor


VENDORS = {
    "intercom": intercom, "zendesk": zendesk, "twilio": twilio, "hubspot": hubspot,
    "salesforce": salesforce,
}  # fmt: skip


@pytest.fixture
def documented(
    mailbox: MailServer, home: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Warehouse]:
    """Yield a home with the entries of the page, but for where the systems are."""
    page = PAGE.read_text()
    for name in re.findall(r"env:([A-Z_]+_[A-Z]+)", page):
        monkeypatch.setenv(name, PASSWORD if name.startswith("IMAP") else TOKEN)
    (block,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    entries = yaml.safe_load(block)
    mailbox.folder("Sent")
    mailbox.put(MAIL, number=10_000_000)
    with ExitStack() as running:
        for entry in entries["sources"].values():
            settings = entry["collect"]
            if settings["kind"] == "imap":
                settings |= {"host": "localhost", "port": mailbox.port, "user": USER,
                             "ca_file": str(mailbox.ca_file)}  # fmt: skip
            else:
                vendor = VENDORS[settings["kind"]]()
                settings["base_url"] = running.enter_context(serving(vendor.answer))
        (home / "sources.yml").write_text(yaml.safe_dump(entries, sort_keys=False))
        yield Warehouse(home)


def test_the_entries_are_checked_collected_and_loaded_as_the_page_says(
    documented: Warehouse,
) -> None:
    checked = documented.answer("sources", "check").output
    assert checked.count("connected (") == 6
    assert "INBOX: 1 to fetch" in checked
    alone = documented.answer("collect", "--source", "mail").output
    assert "mail: 1 records in 1 files" in alone
    collected = documented.answer("collect").output
    told = {name: int(n) for name, n in re.findall(r"^(\w+): (\d+) records", collected, re.M)}
    assert told.pop("mail") == 0
    assert told == dict.fromkeys(("chat", "helpdesk", "calls", "crm", "sales"), 1)
    documented.load()

    loaded = dict(
        documented.query_build("select source, sum(rows_loaded) from meta.ingest_files group by 1")
    )
    assert loaded.keys() == {"mail", "chat", "helpdesk", "calls", "crm", "sales"}
    assert documented.query_build("select count(*) from meta.quarantine") == [(0,)]


def test_a_home_with_nothing_collected_yet_is_told_to_collect(documented: Warehouse) -> None:
    with pytest.raises(AssertionError, match="fetch with `crm collect`"):
        documented.answer("ingest")
