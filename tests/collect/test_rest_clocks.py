"""A change that is dated ahead of the time that it is hides none that are dated rightly."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from fake_hubspot import FakeHubspot
from fake_intercom import FakeIntercom, intercom
from vendor_server import serving

from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.source import Source

Make = Callable[..., Source]
Landed = Callable[[str], list[dict[str, Any]]]

YEAR_S = 365 * 86_400


def test_a_conversation_from_the_future_hides_no_later_one(
    home: Path, source_of: Make, patience: Patience, landed: Landed
) -> None:
    vendor = FakeIntercom()
    vendor.put("ahead", int(time.time()) + YEAR_S)
    with serving(vendor.answer) as url:
        source = intercom(source_of, url)
        first = collect(source, home, patience=patience)
        vendor.put("now", int(time.time()))
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert (first.records, second.records, third.records) == (1, 1, 0)
    assert [one["id"] for one in landed("conversations")] == ["ahead", "now"]


def test_a_company_from_the_future_hides_no_later_one(
    home: Path, source_of: Make, patience: Patience, landed: Landed
) -> None:
    portal = FakeHubspot()
    portal.put("companies", 1, int((time.time() + YEAR_S) * 1000), name="Ahead")
    with serving(portal.answer) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", base_url=url, page_size=20,
                           token="env:VENDOR_TOKEN", streams=["companies"])  # fmt: skip
        first = collect(source, home, patience=patience)
        portal.put("companies", 2, int(time.time() * 1000), name="Now")
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert (first.records, second.records, third.records) == (1, 1, 0)
    assert [one["id"] for one in landed("results")] == ["1", "2"]
