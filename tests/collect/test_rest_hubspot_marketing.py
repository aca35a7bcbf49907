"""HubSpot's e-mail events, campaigns, lists and goals land once, and are read for what they are."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fake_hubspot import FakeHubspot
from vendor_server import Answer, Asked, Moods, Told, serving

from ingest.collect.errors import AccessRefused, Unreachable
from ingest.collect.patience import Patience
from ingest.collect.run import Collected, Preview, collect, preview
from ingest.config import read_config
from tests.current_rows import current, load

Landed = Callable[[str], list[dict[str, Any]]]

NOON = 1_772_362_800_000
HOUR = 3_600_000


@contextmanager
def portal(
    answer: Answer, home: Path, *streams: str, moods: Moods | None = None
) -> Iterator[tuple[Callable[[], Collected], Callable[[], Preview]]]:
    """Yield what collects the streams, all of them if none is given, and what asks for them."""
    quick = Patience(attempts=12, first_wait_s=0.001, longest_wait_s=0.01)
    with serving(answer, moods) as url:
        entry = {"kind": "hubspot", "base_url": url, "token": "env:VENDOR_TOKEN",
                 "page_size": 20}  # fmt: skip
        if streams:
            entry["streams"] = list(streams)
        sources = {"crm": {"format": "hubspot", "path": "hubspot/*.json", "collect": entry}}
        (home / "sources.yml").write_text(json.dumps({"sources": sources}))
        (source,) = read_config(home / "sources.yml").sources
        yield (
            lambda: collect(source, home, patience=quick),
            lambda: preview(source, home, patience=quick),
        )


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_events_land_once_under_faults_and_in_any_order(
    seed: int | None, home: Path, landed: Landed
) -> None:
    vendor = FakeHubspot()
    events = vendor.marketing
    events.page, events.seed = 7, seed
    for number in range(60):
        events.happen(f"e{number}", NOON - number * HOUR // 60)
    with portal(vendor.answer, home, "email_events", moods=Moods(seed or 0, 0.3)) as (pull, _):
        first = pull()
        events.happen("new", NOON + 1)
        # was logged late
        events.happen("late", NOON - 4 * HOUR // 60)
        second, third = pull(), pull()

    counts = Counter(one["id"] for one in landed("events"))
    assert counts.keys() == {*(f"e{n}" for n in range(60)), "new", "late"}
    # given again in no order, what is old has been forgotten: the loader knows it
    assert first.records <= (60 if seed is None else 63)
    assert (second.records, third.files) == (2, ())


def test_events_that_are_late_or_made_obsolete_land_with_the_next_run(
    home: Path, landed: Landed
) -> None:
    vendor = FakeHubspot()
    events = vendor.marketing
    events.happen("replaced", NOON - 3 * HOUR)
    events.happen("newest", NOON)
    with portal(vendor.answer, home, "email_events") as (pull, _):
        pull()
        events.happen("late", NOON - 20 * HOUR)
        events.events[0]["obsoletedBy"] = {"id": "newest", "created": NOON}
        events.events[1]["filteredEvent"] = True
        second, third = pull(), pull()

    assert Counter(one["id"] for one in landed("events")) == {"replaced": 2, "newest": 2, "late": 1}
    assert (second.records, third.files) == (3, ())


@pytest.mark.parametrize("seed", [None, 3])
def test_after_a_large_mailing_fewer_events_are_remembered_and_none_lands_twice(
    seed: int | None, home: Path, landed: Landed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.collect.rest.hubspot_email.REMEMBERED", 10)
    vendor = FakeHubspot()
    events = vendor.marketing
    events.page = 6
    for number in range(40):
        events.happen(f"e{number}", NOON - number * HOUR // 60)
    with portal(vendor.answer, home, "email_events") as (pull, _):
        first = pull()
        events.seed = seed
        events.happen("new", NOON + 1)
        # ten minutes are too many to be remembered, five are not
        events.happen("late", NOON - 4 * HOUR // 60)
        events.happen("too late", NOON - 30 * HOUR // 60)
        second, third = pull(), pull()

    counts = Counter(one["id"] for one in landed("events"))
    assert counts == Counter({*(f"e{n}" for n in range(40)), "new", "late"})
    assert (first.records, second.records, third.files) == (40, 2, ())
    (state,) = [one for one in first.cursor.values() if isinstance(one, dict)]
    assert len(state["seen"]) == 10


def test_of_lists_the_new_members_land_and_unmoved_lists_are_not_read(
    home: Path, landed: Landed
) -> None:
    vendor = FakeHubspot()
    market = vendor.marketing
    market.page = 2
    for list_id, object_type in (("41", "0-1"), ("42", "0-1"), ("43", "0-2")):
        market.list_of(object_type, list_id, f"list {list_id}")
        for number in range(5):
            market.add(list_id, number, f"2026-03-02T10:0{number}:00Z")
    with portal(vendor.answer, home, "lists", "memberships", moods=Moods(4, 0.3)) as (pull, _):
        pull()
        market.asked_for.clear()
        market.add("42", 9, "2026-03-09T10:00:00Z")
        market.lists["41"] |= {"name": "renamed", "updatedAt": "2026-03-09T10:00:00Z"}
        second = pull()
        read = {path.split("/")[4] for path in market.asked_for} - {"search"}
        third = pull()

    members = Counter((one["listId"], one["recordId"]) for one in landed("results"))
    assert members == Counter([("41", str(n)) for n in range(5)]
                              + [("42", str(n)) for n in (*range(5), 9)])  # fmt: skip
    assert Counter(one["name"] for one in landed("lists")) == Counter(
        ["list 41", "list 42", "list 43", "renamed"]
    )
    assert (second.records, third.files, read) == (2, (), {"42"})


def test_members_go_on_where_a_run_ended(home: Path, landed: Landed) -> None:
    vendor = FakeHubspot()
    market = vendor.marketing
    market.page = 2
    market.list_of("0-1", "41", "VIP")
    for number in range(6):
        market.add("41", number, f"2026-03-02T10:0{number}:00Z")
    is_down = [True]

    def answer(asked: Asked) -> Told:
        if is_down and asked.query.get("after") == "4":
            return Told({"category": "INTERNAL_ERROR"}, 500)
        return vendor.answer(asked)

    with portal(answer, home, "memberships") as (pull, _):
        with pytest.raises(Unreachable):
            pull()
        is_down.clear()
        second, third = pull(), pull()

    assert (second.records, third.files) == (2, ())
    assert [one["recordId"] for one in landed("results")] == [str(n) for n in range(6)]


def test_a_list_that_is_deleted_while_lists_are_read_has_no_members(
    home: Path, landed: Landed
) -> None:
    vendor = FakeHubspot()
    market = vendor.marketing
    for list_id in ("41", "42"):
        market.list_of("0-1", list_id, "a list")
        market.add(list_id, 1, "2026-03-02T10:00:00Z")

    def answer(asked: Asked) -> Told:
        told = vendor.answer(asked)
        if asked.path.endswith("/search"):
            market.lists.pop("41", None)
        return told

    with portal(answer, home, "memberships") as (pull, _):
        pull()

    assert [one["listId"] for one in landed("results")] == ["42"]


def test_what_a_token_may_not_read_is_left_out_unless_it_is_named(
    home: Path, landed: Landed, caplog: pytest.LogCaptureFixture
) -> None:
    vendor = FakeHubspot(owners=[{"id": "1", "email": "ada@nordlicht.example"}])
    vendor.marketing.list_of("0-1", "41", "VIP")
    vendor.marketing.refused = ("/email/", "/marketing/")
    with portal(vendor.answer, home) as (pull, ask):
        pull()
        told = {one.stream: one.detail for one in ask().streams}
    with portal(vendor.answer, home, "email_events") as (pull, ask):
        for refused in (pull, ask):
            with pytest.raises(AccessRefused, match="VENDOR_TOKEN"):
                refused()

    assert [one["name"] for one in landed("lists")] == ["VIP"]
    left_out = {stream for stream, detail in told.items() if "left out" in detail}
    assert left_out == {"campaigns", "email_campaigns", "email_events"}
    assert "email_events are left out" in caplog.text


def test_what_lands_is_read_as_campaigns_members_events_and_quotas(home: Path) -> None:
    vendor = FakeHubspot()
    market = vendor.marketing
    market.email_campaigns[7] = {"id": 7, "appId": 3, "appName": "Batch", "name": "March news",
                                 "lastUpdatedTime": NOON}  # fmt: skip
    market.campaigns.append(
        {"id": "g-1", "createdAt": "2026-01-01T00:00:00Z", "updatedAt": "2026-01-01T00:00:00Z",
         "properties": {"hs_name": "Spring", "hs_start_date": "2026-03-01",
                        "hs_budget_items_sum_amount": "900", "hs_currency_code": "EUR"}}
    )  # fmt: skip
    market.list_of("0-1", "42", "VIP")
    market.add("42", 61, "2026-03-02T10:00:00Z")
    sent = {"id": "s1", "created": NOON}
    market.happen("s1", NOON, type="SENT")
    market.happen("o1", NOON + 1, sentBy=sent)
    market.happen("u1", NOON + 2, type="STATUSCHANGE", portalSubscriptionStatus="UNSUBSCRIBED",
                  sentBy=sent)  # fmt: skip
    goal = {"hs_goal_name": "2026", "hs_goal_type": "sales_quota", "hs_milestone": "monthly",
            "hs_start_datetime": "2026-03-01T00:00:00Z", "hubspot_owner_id": "1",
            "hs_goal_target_currency_code": "EUR"}  # fmt: skip
    for goal_id in (91, 92):
        vendor.put("goal_targets", goal_id, NOON, **goal, hs_target_amount="5000.00")
    with portal(vendor.answer, home, "goal_targets", "campaigns", "email_campaigns", "email_events",
                "lists", "memberships") as (pull, _):  # fmt: skip
        pull()
        load(home)
        vendor.put("goal_targets", 91, NOON + HOUR, **goal, hs_target_amount="5500.00")
        vendor.archive("goal_targets", 92, "2026-03-09T10:00:00Z", "hubspot_owner_id",
                       "hs_start_datetime")  # fmt: skip
        market.email_campaigns[7]["lastUpdatedTime"] = NOON + HOUR
        market.email_campaigns[7]["name"] = "March"
        pull()
        load(home)

    (quota,) = current(home, "quota").values()
    assert (quota["owner_ref"], quota["period_start"], quota["period_type"]) == (
        "crm:1", date(2026, 3, 1), "month",
    )  # fmt: skip
    assert (quota["quota_amount"], quota["currency"]) == (5500, "EUR")
    campaigns = current(home, "campaign")
    assert {key: (row["name"], row["type"]) for key, row in campaigns.items()} == {
        "crm:7": ("March", "email"),
        "crm:g-1": ("Spring", None),
        "crm:list:42": ("VIP", "list"),
    }
    (member,) = current(home, "campaign_member").values()
    assert (member["campaign_ref"], member["contact_ref"]) == ("crm:list:42", "crm:61")
    assert str(member["added_at"]) == "2026-03-02 10:00:00"
    events = current(home, "email_event").values()
    assert {(row["event_type"], row["email_id"], row["campaign_ref"]) for row in events} == {
        ("sent", "s1", "crm:7"), ("open", "s1", "crm:7"), ("unsubscribe", "s1", "crm:7"),
    }  # fmt: skip
    (consent,) = current(home, "consent").values()
    assert (consent["person_ref"], consent["status"]) == ("email:jane@acme.example", "withdrawn")
