"""A portal collected twice; between, a deal is won, contacts are merged and records deleted."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from fake_hubspot import FakeHubspot
from vendor_server import Asked, Told, serving

from ingest.collect.errors import UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.rest import hubspot_search
from ingest.collect.run import collect
from ingest.config import read_config
from ingest.source import Source
from tests.current_rows import current, load

Pull = Callable[[], None]
Landed = Callable[[str], list[dict[str, Any]]]

BEGAN, DECIDED, WON = "2026-03-02T08:00:00Z", "2026-03-05T08:00:00Z", "2026-03-09T08:00:00Z"
PIPELINE = {
    "id": "default",
    "updatedAt": "2025-01-01T00:00:00Z",
    "stages": [
        {"id": "new", "label": "New", "displayOrder": 0,
         "metadata": {"isClosed": "false", "probability": "0.2"}},
        {"id": "won", "label": "Won", "displayOrder": 1,
         "metadata": {"isClosed": "true", "probability": "1.0"}},
    ],
}  # fmt: skip
RITA = {"id": "1", "email": "rita@nordlicht.example", "firstName": "Rita", "lastName": "Rep",
        "createdAt": "2025-01-01T00:00:00Z", "updatedAt": "2025-01-01T00:00:00Z",
        "archived": False}  # fmt: skip
SAM = {**RITA, "id": "2", "email": "sam@nordlicht.example", "firstName": "Sam"}
DEAL = {"dealname": "Chairs", "pipeline": "default", "createdate": BEGAN, "hubspot_owner_id": "2",
        "deal_currency_code": "EUR", "hs_is_closed_lost": "false"}  # fmt: skip
OPEN = {"dealstage": "new", "amount": "1000", "closedate": "2026-04-01T00:00:00Z",
        "hs_is_closed": "false", "hs_is_closed_won": "false"}  # fmt: skip
CLOSED = {"dealstage": "won", "amount": "1200", "closedate": WON, "hs_is_closed": "true",
          "hs_is_closed_won": "true"}  # fmt: skip


def ms(at: str) -> int:
    return int(datetime.fromisoformat(at).timestamp() * 1000)


def in_the_beginning() -> FakeHubspot:
    portal = FakeHubspot(pipelines=[PIPELINE], owners=[RITA, SAM])
    for contact_id, name in ((61, "Jane"), (62, "J."), (63, "Del"), (64, "Carl")):
        portal.put("contacts", contact_id, ms(BEGAN), firstname=name, createdate=BEGAN,
                   email=f"{name.lower()}x@acme.example", lifecyclestage="lead")  # fmt: skip
    portal.put("deals", 71, ms(BEGAN), **DEAL, **OPEN)
    portal.put("deals", 72, ms(BEGAN), **DEAL | {"dealname": "Tables"}, **OPEN)
    portal.associated[("deals", "71", "contacts")] = {"61": "Decision maker", "63": None}
    for call_id in (91, 92):
        portal.put("calls", call_id, ms(BEGAN), hs_timestamp=BEGAN, hs_createdate=BEGAN,
                   hs_call_direction="OUTBOUND", hs_call_duration="60000",
                   hubspot_owner_id="1")  # fmt: skip
        portal.associated[("calls", str(call_id), "contacts")] = {"61": None}
    return portal


def a_week_later(portal: FakeHubspot) -> None:
    portal.put("deals", 71, ms(WON), **DEAL, **CLOSED)
    portal.tell("deals", 71, "dealstage", (BEGAN, "new"), (DECIDED, "sent"), (WON, "won"))
    portal.tell("deals", 71, "amount", (BEGAN, "1000"), (WON, "1200"))
    portal.associated[("deals", "71", "contacts")] = {"61": "Decision maker", "64": "Evaluator"}
    # HubSpot's default properties are all that a list of deleted records has
    portal.archive("deals", 72, WON, "amount", "closedate", "createdate", "dealname", "dealstage",
                   "hs_lastmodifieddate", "pipeline")  # fmt: skip
    portal.archive("contacts", 63, WON, "createdate", "email", "firstname", "lastname")
    portal.archive("calls", 92, WON, "hs_createdate", "hs_lastmodifieddate", "hs_object_id")
    del portal.objects["contacts"][62]
    portal.put("contacts", 61, ms(WON), firstname="Jane", createdate=BEGAN,
               lifecyclestage="customer",
               email="janex@acme.example", hs_merged_object_ids="62")  # fmt: skip
    portal.owners, portal.former_owners = [RITA], [{**SAM, "archived": True, "updatedAt": WON}]


@pytest.fixture
def portal() -> FakeHubspot:
    return in_the_beginning()


@pytest.fixture
def pull(portal: FakeHubspot, home: Path, patience: Patience) -> Iterator[Pull]:
    """Return what collects and loads."""
    with serving(portal.answer) as url:
        streams = ["owners", "deal_pipelines", "contacts", "deals", "calls"]
        entry = {"format": "hubspot", "path": "hubspot/*.json",
                 "collect": {"kind": "hubspot", "base_url": url, "token": "env:VENDOR_TOKEN",
                             "page_size": 20, "streams": streams}}  # fmt: skip
        (home / "sources.yml").write_text(json.dumps({"sources": {"crm": entry}}))

        def run() -> None:
            (source,) = read_config(home / "sources.yml").sources
            collect(source, home, patience=patience)
            load(home)

        yield run


def test_a_portal_collected_twice_is_as_it_is_now(
    pull: Pull, home: Path, portal: FakeHubspot
) -> None:
    pull()
    a_week_later(portal)
    pull()

    (deal,) = current(home, "opportunity").values()
    assert (deal["record_key"], deal["stage_name"], deal["is_won"]) == ("crm:71", "won", True)
    assert (deal["amount"], deal["close_date"]) == (1200, date(2026, 3, 9))
    history = current(home, "opportunity_history").values()
    changes = sorted((row["field"], str(row["changed_at"]), row["old_value"], row["new_value"])
                     for row in history if row["opportunity_ref"] == "crm:71"
                     and row["field"] in ("stage", "amount"))  # fmt: skip
    assert changes == [
        ("amount", "2026-03-02 08:00:00", None, "1000"),
        ("amount", "2026-03-09 08:00:00", "1000", "1200"),
        ("stage", "2026-03-02 08:00:00", None, "new"),
        ("stage", "2026-03-05 08:00:00", "new", "sent"),
        ("stage", "2026-03-09 08:00:00", "sent", "won"),
    ]
    people = current(home, "opportunity_contact").values()
    assert {(row["contact_ref"], row["role"], str(row["recorded_at"])[:10]) for row in people} == {
        ("crm:61", "Decision maker", "2026-03-09"),
        ("crm:64", "Evaluator", "2026-03-09"),
        # staging leaves out who was told of with an older version only
        ("crm:63", None, "2026-03-02"),
    }
    contacts = current(home, "contact")
    assert set(contacts) == {"crm:61", "crm:64"}
    assert contacts["crm:61"]["lifecycle_stage"] == "customer"
    assert set(current(home, "interaction")) == {"crm:91"}
    agents = current(home, "agent")
    assert {key: str(row["active_to"]) for key, row in agents.items()} == {
        "crm:1": "None",
        "crm:2": "2026-03-09",
    }
    assert len(current(home, "pipeline_stage")) == 2


def test_refusals_of_a_type_of_subscription_come_with_their_dates(
    pull: Pull, home: Path, portal: FakeHubspot
) -> None:
    portal.put("contacts", 61, ms(WON), firstname="Jane", createdate=BEGAN, lifecyclestage="lead",
               email="janex@acme.example", hs_email_optout_123="true")  # fmt: skip
    portal.tell("contacts", 61, "hs_email_optout_123", (BEGAN, "false"), (DECIDED, "true"))
    pull()

    (refusal,) = current(home, "consent").values()
    assert (refusal["person_ref"], refusal["purpose"], refusal["status"]) == (
        "contact:crm:61",
        "subscription_type:123",
        "withdrawn",
    )
    assert refusal["captured_at"] == datetime.fromisoformat(DECIDED).replace(tzinfo=None)


def portal_source(home: Path, url: str, **more: object) -> Source:
    kind = {"kind": "hubspot", "base_url": url, "token": "env:VENDOR_TOKEN",
            "streams": ["deals"], **more}  # fmt: skip
    entry = {"format": "hubspot", "path": "hubspot/*.json", "collect": kind}
    (home / "sources.yml").write_text(json.dumps({"sources": {"crm": entry}}))
    (source,) = read_config(home / "sources.yml").sources
    return source


def test_all_associations_of_an_object_with_many_land(
    home: Path, landed: Landed, patience: Patience
) -> None:
    portal = FakeHubspot()
    portal.put("deals", 71, ms(BEGAN))
    portal.put("deals", 72, ms(BEGAN))
    many = {str(number): None for number in range(250)}
    portal.associated[("deals", "71", "companies")] = many
    portal.associated[("deals", "72", "companies")] = {"7": None}
    with serving(portal.answer) as url:
        collect(portal_source(home, url, page_size=10), home, patience=patience)

    found = {
        one["id"]: [to["id"] for to in one["associations"]["companies"]["results"]]
        for one in landed("results")
    }
    assert found == {"71": list(many), "72": ["7"]}


@pytest.mark.parametrize("of", ["/objects/deals/batch/read", "/associations/deals/contacts/"])
def test_an_object_that_was_not_given_is_asked_for_again(
    of: str, home: Path, landed: Landed, patience: Patience
) -> None:
    portal = FakeHubspot()
    portal.put("deals", 71, ms(BEGAN))
    portal.associated[("deals", "71", "contacts")] = {"61": None}
    missing = {"category": "OBJECT_NOT_FOUND", "subCategory": "NO_ASSOCIATIONS_FOUND"}
    troubles = [{"category": "INTERNAL_ERROR", "context": {"ids": ["71"]}}]

    def answer(asked: Asked) -> Told:
        told = portal.answer(asked)
        if of in asked.path and troubles:
            return Told({"results": [], "errors": [missing, troubles.pop()], "numErrors": 2}, 207)
        return told

    with serving(answer) as url:
        source = portal_source(home, url, page_size=10)
        with pytest.raises(UnexpectedAnswer, match="a part of what was asked for: INTERNAL_ERROR"):
            collect(source, home, patience=patience)
        collect(source, home, patience=patience)

    (deal,) = landed("results")
    assert deal["associations"]["contacts"]["results"][0]["toObjectId"] == 61


def test_a_page_of_a_search_that_is_not_full_is_no_end(
    home: Path, landed: Landed, patience: Patience
) -> None:
    portal = FakeHubspot(window=10, hidden=3)
    for number in range(1, 31):
        # half of them of one moment, more than fit a page
        portal.put("deals", number, ms(BEGAN) + max(0, number - 15) * 600_000)
    with serving(portal.answer) as url:
        collect(portal_source(home, url, page_size=10), home, patience=patience)

    assert sorted(int(one["id"]) for one in landed("results")) == list(range(1, 31))


def test_objects_that_change_while_they_are_searched_hide_no_others(
    home: Path, landed: Landed, patience: Patience
) -> None:
    portal = FakeHubspot(window=10)
    now = round(time.time() * 1000)
    for number in range(30):
        portal.put("deals", number, ms(BEGAN) + number * 1_000)
    for number in (3, 9, 18):
        # the index has not caught up: in their old places, with their new dates
        portal.put("deals", number, now - number)
        portal.objects["deals"][number]["at"] = ms(BEGAN) + number * 1_000
    with serving(portal.answer) as url:
        source = portal_source(home, url, page_size=10)
        collect(source, home, patience=patience)
        for number in (3, 9, 18):
            portal.objects["deals"][number]["at"] = now - number
        collect(source, home, patience=patience)

    assert sorted(int(one["id"]) for one in landed("results")) == list(range(30))


def test_what_the_search_shows_late_lands(home: Path, landed: Landed, patience: Patience) -> None:
    portal = FakeHubspot()
    portal.put("deals", 1, ms(WON))
    with serving(portal.answer) as url:
        source = portal_source(home, url, page_size=10)
        collect(source, home, patience=patience)
        portal.put("deals", 2, ms(WON) - 50 * 60_000)
        collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    assert [one["id"] for one in landed("results")] == ["1", "2"]


def test_after_an_import_fewer_changes_are_remembered(
    home: Path, landed: Landed, patience: Patience, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hubspot_search, "REMEMBERED", 6)
    portal = FakeHubspot()
    for number in range(40):
        portal.put("deals", number, ms(WON) + number * 60_000)
    with serving(portal.answer) as url:
        source = portal_source(home, url, page_size=10)
        first = collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()

    assert len(first.cursor["deals"]["seen"]) == 6
    assert len({one["id"] for one in landed("results")}) == len(landed("results")) == 40
