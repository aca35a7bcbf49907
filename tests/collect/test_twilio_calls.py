"""A call is one call, whatever page its legs stand on and whenever they change."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fake_twilio import FakeTwilio
from vendor_server import Moods, serving

from ingest.collect.patience import Patience
from ingest.collect.run import collect
from ingest.config import read_config
from tests.current_rows import current, load

Pull = Callable[[], list[str]]

CALL = {"duration": "120", "price_unit": "USD", "end_time": "2026-03-05T10:02:00Z",
        "date_updated": "2026-03-05T10:02:00Z"}  # fmt: skip
LEG = {"parent_call_sid": "CA1", "direction": "outbound-dial", "to": "client:anna",
       "duration": "100", "price_unit": "USD", "end_time": "2026-03-05T10:01:50Z",
       "date_updated": "2026-03-05T10:01:50Z"}  # fmt: skip


@pytest.fixture
def vendor() -> FakeTwilio:
    """Return an account with one call that Anna took, and others around it."""
    fake = FakeTwilio()
    fake.put("CA0", "2026-03-04T09:00:00Z")
    fake.put("CA1", "2026-03-05T10:00:00Z", **CALL)
    fake.put("CA2", "2026-03-05T10:00:10Z", **LEG)
    fake.put("CA9", "2026-03-06T09:00:00Z")
    return fake


@pytest.fixture
def pull(vendor: FakeTwilio, home: Path, patience: Patience) -> Iterator[Pull]:
    """Return what collects and loads; it gives the sids that were landed."""
    moods = Moods(1, 0.2)
    with serving(vendor.answer, moods) as url:
        entry = {
            "format": "twilio", "path": "calls/*.json",
            "collect": {"kind": "twilio", "account_sid": "AC1", "token": "env:VENDOR_TOKEN",
                        "base_url": url, "page_size": 2, "since": "2026-03-02",
                        "streams": ["calls"]},
        }  # fmt: skip
        (home / "sources.yml").write_text(json.dumps({"sources": {"calls": entry}}))

        def run() -> list[str]:
            (source,) = read_config(home / "sources.yml").sources
            files = collect(source, home, patience=patience).files
            load(home)
            pages = [json.loads((home / file).read_bytes()) for file in files]
            return sorted(call["sid"] for page in pages for call in page["calls"])

        yield run


def only_call(home: Path) -> dict[str, Any]:
    rows = current(home, "interaction")
    assert set(rows) == {"calls:CA0", "calls:CA1", "calls:CA9"}
    return rows["calls:CA1"]


def test_a_leg_on_another_page_than_its_call_is_landed_with_it(pull: Pull, home: Path) -> None:
    assert pull() == ["CA0", "CA1", "CA2", "CA9"]

    call = only_call(home)
    assert (call["agent_ref"], call["talk_s"], call["wait_s"]) == ("calls:anna", 100, 10)
    assert pull() == []


@pytest.mark.parametrize("changed", ["CA1", "CA2"])
def test_a_price_that_comes_later_changes_one_call(
    changed: str, pull: Pull, home: Path, vendor: FakeTwilio
) -> None:
    pull()
    said = {"CA1": CALL, "CA2": LEG}[changed] | {"price": "-0.0085"}
    said |= {"date_updated": "2026-03-05T14:00:00Z"}
    vendor.put(changed, vendor.calls[changed]["start_time"], **said)

    assert pull() == ["CA1", "CA2"]
    call = only_call(home)
    assert (call["agent_ref"], call["talk_s"]) == ("calls:anna", 100)
    assert float(call["cost"]) == 0.0085


def test_a_call_of_before_the_first_day_is_asked_for_with_all_of_its_legs(
    pull: Pull, home: Path, vendor: FakeTwilio
) -> None:
    vendor.put("CA7", "2026-03-01T23:59:00Z", **CALL)
    leg = {**LEG, "parent_call_sid": "CA7"}
    vendor.put("CA8", "2026-03-02T00:01:00Z", **leg)
    vendor.put("CA6", "2026-03-01T23:59:30Z", **leg | {"status": "busy", "to": "client:ben"})

    assert {"CA6", "CA7", "CA8"} < set(pull())
    rows = current(home, "interaction")
    assert set(rows) == {"calls:CA0", "calls:CA1", "calls:CA7", "calls:CA9"}
    assert rows["calls:CA7"]["agent_ref"] == "calls:anna"
    assert vendor.asked_for == ["CA7"]


def test_a_leg_whose_call_was_deleted_is_landed_alone(
    pull: Pull, home: Path, vendor: FakeTwilio
) -> None:
    del vendor.calls["CA1"]

    assert pull() == ["CA0", "CA2", "CA9"]
    assert current(home, "interaction")["calls:CA2"]["conversation_ref"] == "calls:CA1"
