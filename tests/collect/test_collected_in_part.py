"""What cannot be had or kept is named; what can is collected all the same."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fake_hubspot import FakeHubspot
from fake_intercom import FakeIntercom, intercom
from fake_salesforce import FakeSalesforce
from vendor_server import Asked, Told, serving

from ingest.collect.errors import AccessRefused, LandingRefused, NotGranted, StreamMissing
from ingest.collect.patience import Patience
from ingest.collect.run import collect, preview
from ingest.source import Source

Make = Callable[..., Source]
Landed = Callable[[str], list[dict[str, Any]]]

SCOPE = "crm.objects.products.read"


def test_a_scope_that_is_missing_for_one_object_costs_no_other(
    home: Path, source_of: Make, patience: Patience, landed: Landed
) -> None:
    portal = FakeHubspot()
    portal.put("companies", 1, 1_700_000_000_000, name="Acme")
    portal.put("products", 2, 1_700_000_000_000, name="Chair")
    portal.put("notes", 3, 1_700_000_000_000, hs_note_body="called")

    def answer(asked: Asked) -> Told:
        if "/products" in asked.path:
            said = {"message": "required scopes " + "x" * 200, "errors": [SCOPE]}
            return Told({"category": "MISSING_SCOPES", **said}, 403)
        return portal.answer(asked)

    with serving(answer) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", base_url=url,
                           token="env:VENDOR_TOKEN", page_size=20,
                           streams=["companies", "products", "notes"])  # fmt: skip
        told = preview(source, home, patience=patience)
        with pytest.raises(NotGranted, match=f"all but this was collected.*{SCOPE}"):
            collect(source, home, patience=patience)

    assert [one["id"] for one in landed("results")] == ["1", "3"]
    assert "notes" in [one.stream for one in told.streams]
    assert any(SCOPE in sentence for sentence in told.missing)


def test_a_token_that_may_read_nothing_is_refused_in_one_sentence(
    home: Path, source_of: Make, patience: Patience
) -> None:
    with serving(lambda _: Told({"category": "MISSING_SCOPES"}, 403)) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", base_url=url,
                           token="env:VENDOR_TOKEN", streams=["companies", "notes"])  # fmt: skip
        for asked in (collect, preview):
            with pytest.raises(AccessRefused, match="VENDOR_TOKEN") as caught:
                asked(source, home, patience=patience)
            assert str(caught.value).count("answered 403") == 1


def test_an_object_that_is_named_and_not_there_costs_no_other(
    home: Path, source_of: Make, patience: Patience
) -> None:
    org = FakeSalesforce()
    org.put("Account", "001000000000001AAA", "2024-01-01T00:00:00.000Z", IsDeleted="false")

    with serving(org.answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url,
                           client_id="id", client_secret="env:VENDOR_TOKEN",
                           streams=["Campaign", "Account"])  # fmt: skip
        with pytest.raises(StreamMissing, match="no object Campaign, or not for this user"):
            collect(source, home, patience=patience)

    assert [file.name for file in (home / "landing/sf").iterdir()] == ["Account-00000001.csv"]


def test_a_full_disk_is_told_with_the_file_and_nothing_is_lost(
    home: Path, source_of: Make, patience: Patience, monkeypatch: pytest.MonkeyPatch, landed: Landed
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    sync = os.fsync

    def full(handle: int) -> None:
        if ".part" in str(Path(f"/proc/self/fd/{handle}").readlink()):
            raise OSError(errno.ENOSPC, "No space left on device")
        sync(handle)

    with serving(vendor.answer) as url:
        source = intercom(source_of, url)
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(LandingRefused, match=r"landing/.*\.part .*free some disk space"):
                collect(source, home, patience=patience)
        assert landed("conversations") == []

        collect(source, home, patience=patience)

    assert [one["id"] for one in landed("conversations")] == ["c1"]
