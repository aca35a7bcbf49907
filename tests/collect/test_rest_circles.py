"""Pages that lead back to themselves end the run with a sentence; nothing is asked for ever."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fake_hubspot import FakeHubspot
from fake_salesforce import FakeSalesforce
from fake_twilio import FakeTwilio
from vendor_server import Asked, Told, serving

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.source import Source

Make = Callable[..., Source]


def test_a_list_without_dates_that_repeats_its_page_is_given_up(
    home: Path, source_of: Make, patience: Patience
) -> None:
    portal = FakeHubspot(owners=[{"id": "1"}])

    def answer(asked: Asked) -> Told:
        told = portal.answer(asked)
        if asked.path.endswith("/owners"):
            told.content["paging"] = {"next": {"after": "1"}}
        return told

    with serving(answer) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", base_url=url,
                           token="env:VENDOR_TOKEN", streams=["owners"])  # fmt: skip
        with pytest.raises(UnexpectedAnswer, match="leads back to itself"):
            collect(source, home, patience=patience)

    assert not (home / "landing").exists()


def test_results_that_repeat_their_locator_are_given_up_and_asked_for_anew(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    for number in range(4):
        org.put("Account", f"001{number:012d}AAA", "2024-01-01T00:00:00.000Z", IsDeleted="false")
    is_stuck = True

    def answer(asked: Asked) -> Told:
        told = org.answer(asked)
        if is_stuck and asked.query.get("locator"):
            told.headers["Sforce-Locator"] = asked.query["locator"]
        return told

    with serving(answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url, page_size=1,
                           client_id="id", client_secret="env:VENDOR_TOKEN",
                           streams=["Account"])  # fmt: skip
        with pytest.raises(UnexpectedAnswer, match="of 4 records of Account; collect again"):
            collect(source, home, patience=patience)
        is_stuck = False
        again = collect(source, home, patience=patience)

    assert again.records == 4


def test_legs_that_repeat_their_page_are_given_up(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeTwilio()
    vendor.put("CA1", "2026-03-01T10:00:00Z")
    vendor.put("CA2", "2026-03-02T10:00:00Z", parent_call_sid="CA1")

    def answer(asked: Asked) -> Told:
        told = vendor.answer(asked)
        if asked.query.get("ParentCallSid"):
            told.content["next_page_uri"] = f"{asked.path}?ParentCallSid=CA1&Page=1"
        return told

    with serving(answer) as url:
        source = source_of("twilio", "calls/*.json", kind="twilio", account_sid="AC1", base_url=url,
                           token="env:VENDOR_TOKEN", streams=["calls"],
                           since="2026-03-02")  # fmt: skip
        with pytest.raises(UnexpectedAnswer, match="legs of CA1 lead round in a circle"):
            collect(source, home, patience=patience)
