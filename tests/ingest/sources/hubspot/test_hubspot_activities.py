"""Calls, e-mails and other activities of HubSpot, and the events of mailings."""
# ruff: noqa: DTZ001 - times in the warehouse are UTC without zone

from __future__ import annotations

import json
from datetime import datetime

import pytest
from hubspot_records import of, page, put


def test_a_call_tells_who_called_and_how_it_ended(read, tmp_path):
    call = of(
        "c1",
        hs_timestamp="2024-01-01T10:00:00Z",
        hs_createdate="2024-01-01T10:05:00Z",
        hs_lastmodifieddate="2025-01-01T00:00:00Z",
        hs_call_duration="95000",
        hs_call_direction="INBOUND",
        hs_call_from_number="+49 30 12345678",
        hs_call_disposition="f240bbac-87c9-4f6e-bf70-924b57d47db7",
        hs_call_body="<p>asked for<br>a quote</p>",
    )

    (row,) = read("hubspot", put(tmp_path, "calls.json", page(call))).rows["interaction"]

    assert (row["direction"], row["customer_ref"]) == ("inbound", "phone:+49 30 12345678")
    assert (float(row["duration_s"]), row["outcome"], row["disposition"]) == (
        95.0,
        "answered",
        "Connected",
    )
    assert row["body_text"] == "asked for\na quote"
    assert row["recorded_at"] == datetime(2024, 1, 1, 10, 5), "known since it was logged"


def test_the_headers_of_an_email_name_its_people(read, tmp_path):
    headers = {
        "from": {"email": "jana@acme.example", "firstName": "Jana"},
        "to": [{"email": "a@nordlicht.example"}, {"email": "b@nordlicht.example"}],
    }
    mail = of(
        "m1",
        hs_timestamp="1704103200000",
        hs_email_subject="Hi",
        hs_email_direction="INCOMING_EMAIL",
        hs_email_headers=json.dumps(headers),
    )

    (row,) = read("hubspot", put(tmp_path, "m.json", page(mail))).rows["interaction"]

    assert (row["channel"], row["direction"]) == ("email", "inbound")
    assert row["customer_ref"] == "email:jana@acme.example"
    assert row["to_refs"] == ["email:a@nordlicht.example", "email:b@nordlicht.example"]
    assert row["started_at"] == datetime(2024, 1, 1, 10)


@pytest.mark.parametrize(
    ("name", "properties", "kind", "direction"),
    [
        ("meetings", {"hs_meeting_title": "Demo"}, "meeting", "outbound"),
        ("notes", {"hs_note_body": "x"}, "note", "internal"),
        ("tasks", {"hs_task_subject": "x"}, "task", "internal"),
        ("communications", {"hs_communication_body": "x"}, "message", "outbound"),
    ],
)
def test_other_activities_become_interactions(read, tmp_path, name, properties, kind, direction):
    record = of("1", hs_timestamp="2024-01-01T10:00:00Z", **properties)
    record["associations"] = {"contacts": {"results": [{"id": "101"}]}}

    (row,) = read("hubspot", put(tmp_path, f"{name}.json", page(record))).rows["interaction"]

    assert (row["interaction_type"], row["direction"]) == (kind, direction)
    assert row["customer_ref"] == "contact:101"


def test_an_email_that_is_scheduled_has_not_been_sent(read, tmp_path):
    mail = of(
        "m1",
        hs_timestamp="2024-08-01T10:00:00Z",
        hs_createdate="2024-02-01T10:00:00Z",
        hs_email_subject="Later",
        hs_email_status="SCHEDULED",
        hs_email_to_email="ana@acme.example",
    )

    (row,) = read("hubspot", put(tmp_path, "m.json", page(mail))).rows["interaction"]

    assert (row["interaction_type"], row["direction"]) == ("draft", "internal")
    assert row["started_at"] == datetime(2024, 2, 1, 10), "when it was written"


@pytest.mark.parametrize(
    ("outcome", "direction"),
    [("CANCELED", "internal"), ("RESCHEDULED", "internal"), ("NO_SHOW", "outbound")],
)
def test_a_meeting_that_was_called_off_met_nobody(read, tmp_path, outcome, direction):
    meeting = of("1", hs_timestamp="2024-01-01T10:00:00Z", hs_meeting_outcome=outcome)

    (row,) = read("hubspot", put(tmp_path, "meetings.json", page(meeting))).rows["interaction"]

    assert (row["direction"], row["disposition"]) == (direction, outcome)


def test_email_events_become_events_and_decisions(read, tmp_path):
    events = [
        {"id": "s1", "created": 1570000000000, "type": "SENT", "recipient": "a@b.example"},
        {
            "id": "e2",
            "created": 1570000001000,
            "type": "PROCESSED",
            "recipient": "a@b.example",
            "sentBy": {"id": "s1", "created": 1570000000000},
        },
        {
            "id": "e3",
            "created": 1580000000000,
            "type": "STATUSCHANGE",
            "recipient": "a@b.example",
            "portalSubscriptionStatus": "UNSUBSCRIBED",
        },
        {
            "id": "e4",
            "created": 1580000000000,
            "type": "BOUNCE",
            "recipient": "a@b.example",
            "category": "MAILBOX_FULL",
            "emailCampaignId": 7,
        },
        {"id": "e5", "created": 1580000000000, "type": "UNBOUNCE"},
    ]
    for event in events[:4]:
        event.setdefault("emailCampaignId", 7)
    text = json.dumps({"hasMore": False, "offset": "x", "events": events})

    outcome = read("hubspot", put(tmp_path, "page.json", text))

    rows = outcome.rows["email_event"]
    assert [(r["email_event_id"], r["event_type"]) for r in rows] == [
        ("s1", "sent"),
        ("s1", "sent"),
        ("e3", "unsubscribe"),
        ("e4", "bounce"),
    ]
    assert {**rows[0], "position": 2} == rows[1], "PROCESSED repeats the event of sending"
    assert rows[3]["bounce_category"] == "soft"
    assert [r["status"] for r in outcome.rows["consent"]] == ["withdrawn"]
    assert outcome.reasons() == {5: "event_not_kept"}


def test_email_events_that_are_filtered_or_obsolete_say_so(read, tmp_path):
    later = {"id": "o2", "created": 1580000000000}
    sending = {"id": "s1", "created": 1570000000000}
    events = [
        {"id": "o1", "type": "OPEN", "filteredEvent": True, "obsoletedBy": later},
        {"id": "o2", "type": "CLICK", "filteredEvent": False},
        {"id": "s1", "type": "SENT", "filteredEvent": True},
        {"id": "p1", "type": "PROCESSED", "sentBy": sending, "obsoletedBy": later},
        {"id": "u1", "type": "STATUSCHANGE", "portalSubscriptionStatus": "UNSUBSCRIBED",
         "filteredEvent": True, "obsoletedBy": later},
    ]  # fmt: skip
    for event in events:
        event |= {"created": 1570000000000, "recipient": "a@b.example", "emailCampaignId": 7}
    text = json.dumps({"hasMore": False, "offset": "x", "events": events})

    outcome = read("hubspot", put(tmp_path, "page.json", text))

    assert [
        (r["event_type"], r["is_filtered"], r["obsoleted_by_ref"])
        for r in outcome.rows["email_event"]
    ] == [
        ("open", "true", "o2"),
        ("click", "false", None),
        ("sent", None, None),
        ("sent", None, None),
        ("unsubscribe", None, "o2"),
    ]
    assert [r["status"] for r in outcome.rows["consent"]] == ["withdrawn"]


@pytest.mark.parametrize(
    ("status", "types", "event", "marketing", "by_type"),
    [
        # who leaves one list is subscribed to the others: no yes to marketing
        ("SUBSCRIBED", {1: "SUBSCRIBED", 2: "UNSUBSCRIBED"}, False, None,
         {"1": "granted", "2": "withdrawn"}),
        (None, {1: "SUBSCRIBED", 2: "UNSUBSCRIBED"}, True, "withdrawn",
         {"1": "granted", "2": "withdrawn"}),
        (None, {1: "SUBSCRIBED"}, False, None, {"1": "granted"}),
        ("UNSUBSCRIBED", {1: "SUBSCRIBED"}, True, "withdrawn", {"1": "granted"}),
        ("SUBSCRIBED", {}, False, "granted", {}),
    ],
)  # fmt: skip
def test_a_change_of_subscriptions_is_about_the_types_that_it_names(
    read, tmp_path, status, types, event, marketing, by_type
):
    change = {
        "id": "u1", "type": "STATUSCHANGE", "created": 1570000000000, "recipient": "a@b.example",
        "portalSubscriptionStatus": status, "emailCampaignId": 7,
        "subscriptions": [{"id": one, "status": said} for one, said in types.items()],
    }  # fmt: skip

    outcome = read("hubspot", put(tmp_path, "page.json", json.dumps({"events": [change]})))

    decided = {r["purpose"]: r["status"] for r in outcome.rows.get("consent", [])}
    assert decided.pop("marketing", None) == marketing
    assert decided == {f"subscription_type:{one}": said for one, said in by_type.items()}
    assert bool(outcome.rows.get("email_event")) is event
    assert outcome.reasons() == {}
