"""A help desk collected twice, with an answer, a rating, a deletion and a new customer between."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from fake_zendesk import FakeZendesk
from vendor_server import Asked, Told, serving

from ingest.collect.errors import AccessRefused, UnexpectedAnswer
from ingest.collect.patience import Patience
from ingest.collect.run import collect, preview
from ingest.config import read_config
from ingest.source import Source
from tests.current_rows import current, load

at = datetime.fromisoformat

DAY = "2026-03-02T"
MAIL = {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}}
Pull = Callable[[], None]
Landed = Callable[[str], list[dict[str, Any]]]


def put(vendor: FakeZendesk, stream: str, clock: str, **record: Any) -> None:
    """Let the help desk have a record that changed on the day at a time."""
    changed = int(datetime.fromisoformat(f"{DAY}{clock}:00+00:00").timestamp())
    vendor.put(stream, record.pop("id"), changed, updated_at=f"{DAY}{clock}:00Z", **record)


def user(vendor: FakeZendesk, user_id: int, clock: str, name: str, role: str, **more: Any) -> None:
    put(vendor, "users", clock, id=user_id, name=name, role=role, active=True, phone=None,
        email=f"{name.split()[0].lower()}@{role}.example", created_at=f"{DAY}08:00:00Z", **more,
        organization_id=None, external_id=None, iana_time_zone="Europe/Berlin")  # fmt: skip


def ticket(vendor: FakeZendesk, ticket_id: int, clock: str, status: str, **more: Any) -> None:
    said = {
        "created_at": f"{DAY}08:00:00Z", "subject": f"Case {ticket_id}", "requester_id": 21,
        "submitter_id": 21, "assignee_id": None, "group_id": 41, "brand_id": 51,
        "organization_id": None, "priority": None, "type": None, "tags": [], "via": MAIL,
        "custom_fields": [{"id": 9, "value": None}], "satisfaction_rating": {"score": "offered"},
    }  # fmt: skip
    put(vendor, "tickets", clock, id=ticket_id, status=status, **said | more)


def event(
    vendor: FakeZendesk, event_id: int, clock: str, ticket_id: int, by: int, *children: Any
) -> None:
    put(vendor, "ticket_events", clock, id=event_id, ticket_id=ticket_id, updater_id=by,
        via="Mail", event_type="Audit", created_at=f"{DAY}{clock}:00Z",
        child_events=list(children))  # fmt: skip


def comment(comment_id: int, clock: str, by: int, body: str, *, public: bool = True) -> Any:
    return {"id": comment_id, "type": "Comment", "event_type": "Comment", "author_id": by,
            "body": body, "html_body": f"<p>{body}</p>", "public": public, "attachments": [],
            "via": MAIL, "created_at": f"{DAY}{clock}:00Z"}  # fmt: skip


def change(change_id: int, previous: Any, **field: Any) -> Any:
    return {"id": change_id, "event_type": "Change", "via": "Web", "previous_value": previous,
            **field}  # fmt: skip


def first_morning() -> FakeZendesk:
    vendor = FakeZendesk()
    user(vendor, 11, "08:00", "Anna", "agent")
    user(vendor, 21, "08:00", "Jane Doe", "end-user")
    put(vendor, "groups", "07:00", id=41, name="Support")
    put(vendor, "groups", "07:00", id=42, name="Billing")
    put(vendor, "groups", "07:00", id=43, name="Sales")
    put(vendor, "brands", "07:00", id=51, name="Nordlicht")
    for number in (1, 2):
        ticket(vendor, number, "08:00", "new")
        event(vendor, 100 * number, "08:00", number, 21,
              comment(100 * number + 1, "08:00", 21, "It broke"),
              {"id": 100 * number + 2, "event_type": "Create", "via": "Mail", "status": "new",
               "requester_id": 21, "group_id": 41, "subject": "Case"})  # fmt: skip
    return vendor


def afternoon(vendor: FakeZendesk) -> None:
    event(vendor, 110, "09:00", 1, 11, comment(111, "09:00", 11, "Try this"),
          comment(112, "09:00", 11, "careful", public=False), change(113, "new", status="solved"),
          change(114, 41, group_id=42))  # fmt: skip
    ticket(vendor, 1, "09:00", "solved", assignee_id=11, group_id=42)
    ticket(vendor, 2, "10:00", "deleted")
    user(vendor, 22, "11:00", "Max", "end-user")
    ticket(vendor, 3, "11:00", "new", requester_id=22, created_at=f"{DAY}11:00:00Z")
    event(vendor, 300, "11:00", 3, 22, comment(301, "11:00", 22, "Hello"))
    put(vendor, "satisfaction_ratings", "09:30", id=81, score="good", ticket_id=1, requester_id=21,
        assignee_id=11, comment="fast", created_at=f"{DAY}09:30:00Z")  # fmt: skip


@pytest.fixture
def vendor() -> FakeZendesk:
    return first_morning()


@pytest.fixture
def pull(vendor: FakeZendesk, home: Path, patience: Patience) -> Iterator[Pull]:
    """Return what collects and loads by the entry of the documentation."""
    with serving(vendor.answer) as url:
        entry = {"format": "zendesk", "path": "zendesk/*.json",
                 "collect": {"kind": "zendesk", "base_url": url, "user": "ada@nordlicht.example",
                             "token": "env:VENDOR_TOKEN"}}  # fmt: skip
        (home / "sources.yml").write_text(json.dumps({"sources": {"desk": entry}}))

        def run() -> None:
            (source,) = read_config(home / "sources.yml").sources
            collect(source, home, patience=patience)
            load(home)

        yield run


def test_a_help_desk_collected_twice_is_as_it_is_now(
    pull: Pull, home: Path, vendor: FakeZendesk
) -> None:
    pull()
    afternoon(vendor)
    pull()

    tickets = current(home, "ticket")
    assert {key: (row["status"], row["group_name"]) for key, row in tickets.items()} == {
        "desk:1": ("solved", "Billing"),
        "desk:3": ("new", "Support"),
    }
    assert {row["brand"] for row in tickets.values()} == {"Nordlicht"}
    assert tickets["desk:3"]["requester_ref"] == "contact:desk:22"

    said = current(home, "interaction")
    assert {key: (row["direction"], row["agent_ref"]) for key, row in said.items()} == {
        "desk:101": ("inbound", None),
        "desk:201": ("inbound", None),
        "desk:111": ("outbound", "desk:11"),
        "desk:112": ("internal", "desk:11"),
        "desk:301": ("inbound", None),
    }
    events = current(home, "ticket_event")
    assert (events["desk:114"]["previous_value"], events["desk:114"]["value"]) == (
        "Support",
        "Billing",
    )
    assert events["desk:111"]["event_at"] == at(f"{DAY}09:00")
    (rating,) = current(home, "survey_response").values()
    assert (rating["score"], rating["ticket_ref"], rating["person_ref"]) == (
        1,
        "desk:1",
        "contact:desk:21",
    )
    assert set(current(home, "contact")) == {"desk:21", "desk:22"}
    assert set(current(home, "agent")) == {"desk:11"}


def test_further_addresses_of_users_come_with_them(
    pull: Pull, home: Path, vendor: FakeZendesk
) -> None:
    address = {"id": 901, "user_id": 21, "type": "email", "value": "Jane@home.example",
               "verified": True, "primary": False, "created_at": f"{DAY}08:00:00Z"}  # fmt: skip
    vendor.identities = [
        address,
        {**address, "id": 902, "user_id": 11, "value": "anna@home.example"},
    ]
    pull()

    (found,) = current(home, "identifier").values()
    assert (found["person_ref"], found["id_type"], found["id_value"]) == (
        "contact:desk:21",
        "email",
        "jane@home.example",
    )
    assert found["first_seen_at"] == at(f"{DAY}08:00")


def desk(home: Path, url: str, *streams: str) -> Source:
    kind = {"kind": "zendesk", "base_url": url, "token": "env:VENDOR_TOKEN",
            "user": "ada@nordlicht.example", "streams": streams}  # fmt: skip
    entry = {"format": "zendesk", "path": "zendesk/*.json", "collect": kind}
    (home / "sources.yml").write_text(json.dumps({"sources": {"desk": entry}}))
    (source,) = read_config(home / "sources.yml").sources
    return source


def test_what_an_ai_agent_has_handled_comes_too(
    home: Path, patience: Patience, landed: Landed, vendor: FakeZendesk
) -> None:
    by_machine = {"support_type": "ai_agent"}
    ticket(vendor, 7, "08:30", "solved", **by_machine)
    put(vendor, "ticket_events", "08:30", id=700, ticket_id=7, child_events=[], **by_machine)
    with serving(vendor.answer) as url:
        collect(desk(home, url, "tickets", "ticket_events"), home, patience=patience)

    assert [one["id"] for one in landed("tickets")] == [1, 2, 7]
    assert [one["id"] for one in landed("ticket_events")] == [100, 200, 700]


@pytest.mark.parametrize(
    "more", [{"meta": {"has_more": True, "after_cursor": None}}, {"next_page": "https://x/?page=2"}]
)
def test_a_list_that_goes_on_without_a_cursor_is_not_taken_for_whole(
    more: dict[str, Any], home: Path, patience: Patience
) -> None:
    def answer(_: Asked) -> Told:
        return Told({"groups": [{"id": 1}], **more})

    with serving(answer) as url, pytest.raises(UnexpectedAnswer, match="how its list goes on"):
        collect(desk(home, url, "groups"), home, patience=patience)


def test_a_comment_that_was_redacted_or_made_private_is_as_it_is_now(
    pull: Pull, home: Path, vendor: FakeZendesk
) -> None:
    event(vendor, 120, "08:30", 1, 11, comment(121, "08:30", 11, "Your PIN is 4711"))
    pull()
    event(vendor, 130, "09:00", 1, 11,
          {"id": 131, "event_type": "CommentRedactionEvent", "comment_id": 101},
          {"id": 132, "event_type": "CommentPrivacyChange", "comment_id": 121,
           "public": False})  # fmt: skip
    event(vendor, 230, "09:00", 2, 11,
          {"id": 231, "event_type": "CommentRedactionEvent", "comment_id": 201})  # fmt: skip
    ticket(vendor, 2, "09:00", "deleted")
    now = (comment(101, "08:00", 21, "It ▇▇▇▇▇"), comment(999, "08:01", 21, "not told of"),
           comment(121, "08:30", 11, "Your PIN is 4711", public=False))  # fmt: skip
    for number, one in enumerate(now):
        vendor.put("comments of 1", number, number, **{**one, "id": one["id"]})
    pull()

    said = current(home, "interaction")
    assert {key: (row["body_text"], row["direction"], row["interaction_type"], row["subject"])
            for key, row in said.items()} == {
        "desk:101": ("It ▇▇▇▇▇", "inbound", "message", "Case 1"),
        "desk:121": ("Your PIN is 4711", "internal", "note", "Case 1"),
        # what cannot be asked for any more was redacted all the same
        "desk:201": (None, "inbound", "message", "Case"),
    }  # fmt: skip
    assert said["desk:101"]["customer_ref"] == "contact:desk:21"
    events = current(home, "ticket_event")
    assert (events["desk:101"]["is_public"], events["desk:121"]["is_public"]) == (True, False)


def survey(category: str, rating: int, said: str, clock: str) -> dict[str, Any]:
    """Return what a survey response holds besides its id, as Zendesk documents it."""
    times = {"created_at": f"{DAY}{clock}:00.000Z", "updated_at": f"{DAY}{clock}:00.000Z"}
    scale = {"id": "01J1", "sub_type": "customer_satisfaction", "type": "rating_scale_numeric"}
    return {
        "responder_id": 21, "expires_at": "2026-04-01T00:00:00.000Z",
        "subject_zrns": ["zen:ticket:1"],
        "subjects": [{"id": "1", "type": "ticket", "zrn": "zen:ticket:1"}],
        "survey": {"id": "01J5", "state": "enabled", "version": 3},
        "answers": [
            {"type": "rating_scale", "rating": rating, "rating_category": category,
             "question": scale, **times},
            {"type": "open_ended", "value": said, "question": {"type": "open_ended"}, **times},
            {"type": "skipped", "question": {"type": "open_ended"}, **times},
        ],
    }  # fmt: skip


def test_answers_to_surveys_are_collected_where_they_are_named(
    home: Path, patience: Patience, vendor: FakeZendesk
) -> None:
    asked_at = int(at(f"{DAY}08:00:00+00:00").timestamp())
    vendor.put("survey_responses", 1, asked_at, **survey("good", 5, "fast", "09:00"))
    vendor.put("survey_responses", 2, asked_at, answers=[], responder_id=21)
    vendor.put("survey_responses", 3, asked_at, **survey("bad", 1, "slow", "09:30"))
    with serving(vendor.answer) as url:
        kind = {"kind": "zendesk", "base_url": url, "token": "env:VENDOR_TOKEN",
                "user": "ada@nordlicht.example",
                "streams": ["users", "tickets", "survey_responses"]}  # fmt: skip
        entry = {"format": "zendesk", "path": "zendesk/*.json", "collect": kind}
        (home / "sources.yml").write_text(json.dumps({"sources": {"desk": entry}}))
        (source,) = read_config(home / "sources.yml").sources
        first = collect(source, home, patience=patience)
        # the customer thinks again
        vendor.put("survey_responses", 3, asked_at, **survey("neutral", 3, "well", "11:00"))
        second = collect(source, home, patience=patience)
        assert collect(source, home, patience=patience).files == ()
    load(home)

    assert (first.records, second.records) == (6, 1)
    names = ("record_key", "score", "comment", "responded_at", "ticket_ref", "person_ref")
    rows = sorted(current(home, "survey_response").values(), key=itemgetter("record_key"))
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("desk:1", 1, "fast", at(f"{DAY}09:00"), "desk:1", "contact:desk:21"),
        ("desk:3", 0.5, "well", at(f"{DAY}11:00"), "desk:1", "contact:desk:21"),
    ]


def test_an_account_that_shows_no_ratings_is_collected_without_them(
    home: Path, patience: Patience, vendor: FakeZendesk
) -> None:
    def answer(asked: Asked) -> Told:
        refused = asked.path.endswith("/satisfaction_ratings.json")
        return Told({"error": "Forbidden"}, 403) if refused else vendor.answer(asked)

    with serving(answer) as url:
        kind = {"kind": "zendesk", "base_url": url, "token": "env:VENDOR_TOKEN",
                "user": "ada@nordlicht.example"}  # fmt: skip
        named = {**kind, "streams": ["satisfaction_ratings"]}
        for name, collected in (("all", kind), ("named", named)):
            entry = {"format": "zendesk", "path": f"{name}/*.json", "collect": collected}
            (home / "sources.yml").write_text(json.dumps({"sources": {name: entry}}))
            (source,) = read_config(home / "sources.yml").sources
            if name == "all":
                assert collect(source, home, patience=patience).records == 10
                told = preview(source, home, patience=patience).streams[-1]
                assert told.detail.startswith("left out: ")
            else:
                for refused in (collect, preview):
                    with pytest.raises(AccessRefused):
                        refused(source, home, patience=patience)
