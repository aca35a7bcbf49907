"""What lands is what the system holds, whatever happens on the way."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_hubspot import FakeHubspot
from fake_intercom import FakeIntercom, intercom
from fake_salesforce import FakeSalesforce
from fake_twilio import FakeTwilio
from fake_zendesk import FakeZendesk
from vendor_server import Asked, Moods, Told, serving

from ingest.collect.errors import Unreachable
from ingest.collect.patience import Patience
from ingest.collect.run import collect, preview
from ingest.source import Source

Make = Callable[..., Source]
Landed = Callable[[str], list[dict[str, Any]]]

ROUGH = 0.35
"""Share of requests that go wrong."""


def version_of(record: dict[str, Any]) -> str:
    """Return a record as text, to compare sets of versions."""
    return json.dumps(record, sort_keys=True)


@pytest.mark.parametrize("seed", range(4))
def test_intercom_conversations_land_once_per_version_under_faults_and_in_any_order(
    seed: int, home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    drawn = random.Random(seed)
    vendor = FakeIntercom(shuffled=drawn)
    for number in range(60):
        vendor.put(f"c{number}", 1_700_000_000 + drawn.randrange(2_000))
    expected = Counter(version_of(one) for one in vendor.conversations.values())
    moods = Moods(seed, ROUGH)
    with serving(vendor.answer, moods) as url:
        source = intercom(source_of, url)
        first = collect(source, home, patience=patience)
        assert Counter(map(version_of, landed("conversations"))) == expected

        for number in drawn.sample(range(60), 5):
            vendor.put(f"c{number}", 1_700_010_000)
            expected[version_of(vendor.conversations[f"c{number}"])] += 1
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert Counter(map(version_of, landed("conversations"))) == expected
    assert (first.records, second.records, third.records, third.files) == (60, 5, 0, ())
    assert len(set(moods.seen)) >= 4


def test_contacts_of_intercom_that_change_on_the_day_of_the_newest_are_found(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom()
    noon = 1_700_000_000 // 86_400 * 86_400 + 43_200
    vendor.put_contact("u1", noon)
    with serving(vendor.answer) as url:
        source = intercom(source_of, url, streams=["conversations", "contacts"])
        first = collect(source, home, patience=patience)
        vendor.put_contact("u1", noon + 60, unsubscribed_from_emails=True)
        vendor.put_contact("u2", noon - 3_600)
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert (first.records, second.records, third.records) == (1, 2, 0)
    assert [(one["id"], one["updated_at"] - noon) for one in landed("data")] == [
        ("u1", 0), ("u2", -3_600), ("u1", 60),
    ]  # fmt: skip


def test_tickets_that_change_on_the_day_of_the_newest_are_found(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom()
    noon = 1_700_000_000 // 86_400 * 86_400 + 43_200
    ticket = {"type": "ticket", "id": "9", "ticket_state": "submitted", "updated_at": noon}
    vendor.tickets["9"] = ticket
    with serving(vendor.answer) as url:
        source = intercom(source_of, url, streams=["tickets"])
        collect(source, home, patience=patience)
        vendor.tickets["9"] = {**ticket, "ticket_state": "resolved", "updated_at": noon + 60}
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert [one["ticket_state"] for one in landed("tickets")] == ["submitted", "resolved"]
    assert (second.records, third.records) == (1, 0)


def test_a_contact_with_more_than_ten_of_a_kind_has_all_of_them(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom()
    cut = {"type": "list", "data": [], "total_count": 11, "has_more": True}
    vendor.put_contact(
        "u1", 1_700_000_000, tags=cut, companies=cut, opted_out_subscription_types=cut
    )
    vendor.lists["/contacts/u1/tags"] = {"data": [{"id": str(n)} for n in range(11)]}
    vendor.lists["/contacts/u1/subscriptions"] = {
        "data": [{"id": "1", "consent_type": "opt_out"}, {"id": "2", "consent_type": "opt_in"}]
    }
    with serving(vendor.answer) as url:
        vendor.lists["/contacts/u1/companies"] = {
            "companies": [{"id": "a"}], "pages": {"next": f"{url}/contacts/u1/companies/2"}
        }  # fmt: skip
        vendor.lists["/contacts/u1/companies/2"] = {"data": [{"id": "b"}], "pages": {"next": None}}
        collect(intercom(source_of, url, streams=["contacts"]), home, patience=patience)

    (contact,) = landed("data")
    assert len(contact["tags"]["data"]) == 11
    assert [one["id"] for one in contact["companies"]["data"]] == ["a", "b"]
    assert [one["id"] for one in contact["opted_out_subscription_types"]["data"]] == ["1"]


def test_parts_of_a_conversation_that_intercom_does_not_give_are_said(
    home: Path, source_of: Make, patience: Patience, caplog: pytest.LogCaptureFixture
) -> None:
    vendor = FakeIntercom()
    vendor.put("c1", 1_700_000_000)
    vendor.conversations["c1"]["conversation_parts"]["total_count"] = 501
    with serving(vendor.answer) as url:
        collect(intercom(source_of, url), home, patience=patience)

    assert "conversation c1 has 501 parts" in caplog.text


@pytest.mark.parametrize("zone_h", [-10, 0, 9])
def test_contacts_of_the_first_day_are_found_wherever_the_workspace_is(
    zone_h: int, home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom(zone_s=zone_h * 3_600)
    first_day = int(datetime(2023, 11, 14, tzinfo=UTC).timestamp())
    for hour in (-1, 0, 12, 23, 40):
        vendor.put_contact(f"u{hour}", first_day + hour * 3_600)
    with serving(vendor.answer) as url:
        source = intercom(source_of, url, streams=["contacts"], since="2023-11-14")
        collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    assert [one["id"] for one in landed("data")] == ["u0", "u12", "u23", "u40"]


def test_a_conversation_deleted_while_it_is_collected_is_left_out(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom()
    for number in range(3):
        vendor.put(f"c{number}", 1_700_000_000 + number)

    def answer(asked: Any) -> Any:
        if asked.path == "/conversations/c1":
            vendor.conversations.pop("c1", None)
        return vendor.answer(asked)

    with serving(answer) as url:
        collect(intercom(source_of, url), home, patience=patience)

    assert [one["id"] for one in landed("conversations")] == ["c0", "c2"]


def test_a_page_that_has_expired_begins_the_sweep_anew_and_lands_nothing_twice(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeIntercom()
    for number in range(20):
        vendor.put(f"c{number:02d}", 1_700_000_000 + number)
    impatient = Patience(attempts=1, first_wait_s=0.001)
    asked_pages: list[Any] = []

    def answer(asked: Any) -> Any:
        if asked.path == "/conversations/search":
            asked_pages.append(asked.body["pagination"].get("starting_after"))
            if len(asked_pages) == 2:
                raise ConnectionAbortedError
            if len(asked_pages) == 3:
                asked.body["pagination"]["starting_after"] = "99"
        return vendor.answer(asked)

    with serving(answer) as url:
        source = intercom(source_of, url)
        with pytest.raises(Unreachable):
            collect(source, home, patience=impatient)
        assert len(landed("conversations")) == 7
        collect(source, home, patience=patience)

    assert asked_pages[1:4] == ["1", "1", None]
    assert [one["id"] for one in landed("conversations")] == [f"c{n:02d}" for n in range(20)]


@pytest.mark.parametrize("seed", range(3))
def test_zendesk_exports_land_once_per_version_under_faults(
    seed: int, home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    drawn = random.Random(seed)
    vendor = FakeZendesk()
    streams = ("organizations", "users", "tickets", "ticket_events")
    for stream in streams:
        for number in range(25):
            # many in one second: pages end within it
            vendor.put(stream, number, 1_700_000_000 + drawn.randrange(6))
    expected = {s: Counter(map(version_of, vendor.records[s].values())) for s in streams}
    with serving(vendor.answer, Moods(seed, ROUGH)) as url:
        source = source_of("zendesk", "zendesk/*.json", kind="zendesk", base_url=url, page_size=4,
                           user="ada@nordlicht.example", token="env:VENDOR_TOKEN")  # fmt: skip
        collect(source, home, patience=patience)
        for stream in streams:
            assert Counter(map(version_of, landed(stream))) == expected[stream]
            vendor.put(stream, 3, 1_700_000_100, status="open")
            expected[stream][version_of(vendor.records[stream][3])] += 1
        again = collect(source, home, patience=patience)
        idle = collect(source, home, patience=patience)

    for stream in streams:
        assert Counter(map(version_of, landed(stream))) == expected[stream]
    assert (again.records, idle.records, idle.files) == (4, 0, ())


def test_zendesk_users_land_before_the_tickets_that_name_them(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeZendesk()
    vendor.put("tickets", 1, 1_700_000_000)
    vendor.put("users", 1, 1_700_000_000)
    with serving(vendor.answer) as url:
        source = source_of("zendesk", "zendesk/*", kind="zendesk", base_url=url,
                           user="ada@nordlicht.example", token="env:VENDOR_TOKEN")  # fmt: skip
        said = preview(source, home, patience=patience)
        collected = collect(source, home, patience=patience)

    assert [one.waiting for one in said.streams] == [0, 1, None, None, 1, None, None]
    assert collected.files == (
        "landing/zendesk/users-00000001.json",
        "landing/zendesk/tickets-00000002.json",
    )


def test_twilio_calls_land_once_per_version_under_faults(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeTwilio()
    for number in range(30):
        vendor.put(f"CA{number:02d}", f"2024-03-{1 + number // 3:02d}T10:00:00Z")
    vendor.put("CA29", "2024-03-10T10:00:00Z", status="in-progress")
    with serving(vendor.answer, Moods(1, ROUGH)) as url:
        source = source_of("twilio", "calls/*.json", kind="twilio", account_sid="AC1",
                           token="env:VENDOR_TOKEN", base_url=url, page_size=4,
                           since="2024-03-02", streams=["calls"])  # fmt: skip
        assert collect(source, home, patience=patience).records == 27
        assert {one["sid"] for one in landed("calls")} == {f"CA{n:02d}" for n in range(3, 30)}

        vendor.put("CA29", "2024-03-10T10:00:00Z", status="completed")
        vendor.put("CA30", "2024-03-10T11:00:00Z")
        assert collect(source, home, patience=patience).records == 2
        assert collect(source, home, patience=patience).files == ()

    counts = Counter(one["sid"] for one in landed("calls"))
    assert counts.pop("CA29") == 2
    assert set(counts.values()) == {1}


def test_twilio_messages_land_when_they_are_named_and_again_when_they_change(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeTwilio()
    vendor.sms = [{"sid": "SM1", "date_sent": "2024-01-02T10:00:00Z", "status": "sent"}]
    with serving(vendor.answer) as url:
        source = source_of("twilio", "calls/*.json", kind="twilio", account_sid="AC1",
                           base_url=url, token="env:VENDOR_TOKEN",
                           streams=["messages"])  # fmt: skip
        collect(source, home, patience=patience)
        vendor.sms[0] = vendor.sms[0] | {"status": "delivered"}
        vendor.sms.append({"sid": "SM2", "date_sent": "2024-01-03T10:00:00Z", "status": "sent"})
        collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    assert [(one["sid"], one["status"]) for one in landed("messages")] == [
        ("SM1", "sent"), ("SM2", "sent"), ("SM1", "delivered"),
    ]  # fmt: skip
    assert third.records == 0


def test_twilio_conversations_land_with_new_messages_only(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeTwilio()
    for number in range(5):
        for turn in range(3):
            vendor.say(f"CH{number}", f"turn {turn}")
    with serving(vendor.answer, Moods(3, ROUGH)) as url:
        source = source_of("twilio_conversations", "chat/*.json", kind="twilio",
                           account_sid="AC1", token="env:VENDOR_TOKEN", base_url=url,
                           conversations_url=url)  # fmt: skip
        collect(source, home, patience=patience)
        vendor.say("CH2", "one more")
        vendor.conversations["CH4"]["state"] = "closed"
        collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    said = Counter(one["sid"] for one in landed("messages"))
    assert said == Counter(one["sid"] for each in vendor.messages.values() for one in each)
    assert Counter(one["sid"] for one in landed("conversations"))["CH4"] == 2


def test_twilio_conversations_of_every_service_land(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeTwilio(services={"CH2": "IS1"})
    vendor.say("CH1", "of the default service")
    vendor.say("CH2", "of another one")
    with serving(vendor.answer) as url:
        source = source_of("twilio_conversations", "chat/*.json", kind="twilio",
                           account_sid="AC1", token="env:VENDOR_TOKEN", base_url=url,
                           conversations_url=url)  # fmt: skip
        collect(source, home, patience=patience)
        vendor.say("CH2", "later")
        collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    said = [one["body"] for one in landed("messages")]
    assert said == ["of the default service", "of another one", "later"]
    assert [one["sid"] for one in landed("participants")] == ["MBCH1", "MBCH2", "MBCH2"]


def test_a_twilio_message_lands_again_when_it_is_delivered_and_a_deleted_conversation_does_not(
    home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    vendor = FakeTwilio()
    vendor.say("CH1", "long ago")
    vendor.say("CH1", "just now", date_created=datetime.now(UTC).isoformat(), delivery=None)
    vendor.say("CH2", "soon gone")

    def answer(asked: Asked) -> Told:
        told = vendor.answer(asked)
        if asked.path == "/v1/Conversations":
            vendor.conversations.pop("CH2", None)
        return told

    with serving(answer) as url:
        source = source_of("twilio_conversations", "chat/*.json", kind="twilio",
                           account_sid="AC1", token="env:VENDOR_TOKEN", base_url=url,
                           conversations_url=url)  # fmt: skip
        collect(source, home, patience=patience)
        vendor.messages["CH1"][1]["delivery"] = {"delivered": "all"}
        collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    assert [(one["body"], one.get("delivery")) for one in landed("messages")] == [
        ("long ago", None), ("just now", None), ("just now", {"delivered": "all"}),
    ]  # fmt: skip
    assert [one["sid"] for one in landed("conversations")] == ["CH1", "CH1"]


@pytest.mark.parametrize("seed", range(3))
def test_hubspot_objects_land_once_per_version_beyond_the_limit_of_a_search(
    seed: int, home: Path, source_of: Make, landed: Landed, patience: Patience
) -> None:
    drawn = random.Random(seed)
    vendor = FakeHubspot(window=10)
    for number in range(1, 60):
        vendor.put("deals", number, 1_700_000_000_000 + drawn.randrange(10**6), dealstage="new")
    for number in range(60, 101):
        # an import: more objects of one moment than a search gives
        vendor.put("deals", number, 1_700_000_500_000, dealstage="won")
    vendor.archived["deals"] = [{"id": "7", "archived": True, "archivedAt": "2024-01-01T00:00:00Z"}]
    with serving(vendor.answer, Moods(seed, ROUGH)) as url:
        source = source_of("hubspot", "hubspot/*.json", kind="hubspot", token="env:VENDOR_TOKEN",
                           base_url=url, page_size=10, streams=["owners", "deals"])  # fmt: skip
        vendor.owners = [{"id": "1", "email": "ada@nordlicht.example"}]
        vendor.former_owners = [{"id": "2", "email": "bo@nordlicht.example", "archived": True}]
        vendor.associated = {("deals", str(n), "companies"): {"7": None} for n in range(1, 501)}
        first = collect(source, home, patience=patience)
        vendor.put("deals", 5, 1_700_009_000_000, dealstage="lost")
        # became visible late: changed before what was seen last
        vendor.put("deals", 500, 1_700_000_900_000, dealstage="new")
        second = collect(source, home, patience=patience)
        third = collect(source, home, patience=patience)

    records = [one for one in landed("results") if "propertiesWithHistory" in one]
    versions = Counter((one["id"], one["properties"]["hs_lastmodifieddate"]) for one in records)
    assert set(versions.values()) == {1}
    assert {one_id for one_id, _ in versions} == {*map(str, range(1, 101)), "500"}
    assert (first.records, second.records, third.files) == (103, 2, ())
    assert [one["id"] for one in landed("results") if "email" in one] == ["1", "2"]
    assert records[0]["associations"] == {
        "companies": {"results": [{"id": "7", "type": "deals_to_companies"}]}
    }
    assert records[0]["propertiesWithHistory"]["dealstage"][0]["value"] == "new" or seed


@pytest.mark.parametrize("bare", [False, True])
def test_salesforce_objects_land_complete_under_faults(
    bare: bool, home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeSalesforce(bare=bare)
    for number in range(25):
        vendor.put("Contact", f"003{number:04d}", "2024-01-01T00:00:00Z", Name=f"J,\n{number}")
    with serving(vendor.answer, Moods(5, 0.2)) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url,
                           client_id="id", client_secret="env:VENDOR_TOKEN", page_size=10,
                           streams=["Contact"])  # fmt: skip
        first = collect(source, home, patience=patience)
        vendor.put("Contact", "0030003", "2099-01-01T00:00:00Z", Name="later")
        second = collect(source, home, patience=patience)

    files = sorted((home / "landing" / "sf").iterdir())
    assert [file.name for file in files] == [f"Contact-0000000{n}.csv" for n in (1, 2, 3)]
    rows = []
    for file in files:
        with file.open(newline="") as lines:
            rows += list(csv.DictReader(lines))
    assert sorted(row["Id"] for row in rows) == [f"003{n:04d}" for n in range(25)]
    assert {row["Name"] for row in rows} == {f"J,\n{n}" for n in range(25)}
    assert (first.records, second.records) == (25, 0)


@pytest.mark.parametrize("status", [404, 409])
def test_a_salesforce_job_that_is_gone_is_run_again_over_the_same_window(
    status: int, home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeSalesforce()
    for number in range(6):
        vendor.put("Lead", f"00Q{number}", "2024-01-01T00:00:00Z")
    asked_for: list[str] = []

    def answer(asked: Any) -> Any:
        if asked.path.endswith("/results"):
            asked_for.append(asked.query.get("locator", ""))
            if len(asked_for) == 2:
                raise ConnectionAbortedError
        return vendor.answer(asked)

    with serving(answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url, page_size=4,
                           client_id="id", client_secret="env:VENDOR_TOKEN",
                           streams=["Lead"])  # fmt: skip
        with pytest.raises(Unreachable):
            collect(source, home, patience=Patience(attempts=1, first_wait_s=0.001))
        vendor.expired = status
        collect(source, home, patience=patience)

    rows = [
        row
        for file in (home / "landing" / "sf").iterdir()
        for row in csv.DictReader(file.read_text().splitlines())
    ]
    assert len(vendor.jobs) == 2
    assert {row["Id"] for row in rows} == {f"00Q{n}" for n in range(6)}


def test_salesforce_renews_a_token_that_has_ended(
    home: Path, source_of: Make, patience: Patience
) -> None:
    vendor = FakeSalesforce()
    vendor.put("Account", "0011", "2024-01-01T00:00:00Z")
    asked_before: list[str] = []

    def answer(asked: Any) -> Any:
        asked_before.append(asked.path)
        if len(asked_before) == 3:
            vendor.tokens.append("another one is valid now")
        return vendor.answer(asked)

    with serving(answer) as url:
        source = source_of("salesforce", "sf/*.csv", kind="salesforce", base_url=url,
                           client_id="id", client_secret="env:VENDOR_TOKEN")  # fmt: skip
        collected = collect(source, home, patience=patience)

    assert collected.files == ("landing/sf/Account-00000001.csv",)
    assert asked_before.count("/services/oauth2/token") == 2
