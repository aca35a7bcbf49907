"""Zendesk audits and the export of ticket events: one event for each change."""

from __future__ import annotations

import json

from zendesk_examples import AUDIT, at, only


def test_an_audit_gives_an_event_for_each_change(parsed):
    outcome = parsed({"audits": [AUDIT]}, agents=[35436])

    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert set(events) == {"35436|created", "1564245", "1274", "1276", "1277"}
    status = events["1274"]
    assert (status["event_type"], status["value"], status["previous_value"]) == (
        "status", "open", "new",
    )  # fmt: skip
    assert (status["ticket_ref"], status["event_at"]) == ("47", at("2009-07-20 22:55:29"))
    assert (status["actor_type"], status["actor_ref"]) == ("agent", "35436")
    assert (events["1276"]["event_type"], events["1276"]["value"]) == ("group", "98738")
    assert events["1277"]["event_type"] == "sla_applied"
    assert events["1277"]["value"].startswith("first_reply_time: ")
    noted = json.loads(events["35436|created"]["attributes"])["events"]
    assert [one["type"] for one in noted] == ["Notification", "Change"]
    assert noted[1]["value"] == ["a", "b"]


def test_a_comment_is_one_interaction_from_audit_and_export_alike(parsed):
    comment = AUDIT["events"][0]
    audit = parsed({"audits": [AUDIT]}, agents=[35436])
    export = parsed(
        [{**comment, "ticket_id": 47, "author_id": 35436, "created_at": AUDIT["created_at"]}],
        agents=[35436],
    )

    assert only(audit, "interaction")["interaction_id"] == "1564245"
    assert only(export, "interaction")["interaction_id"] == "1564245"


def test_an_audit_of_nothing_but_tags_is_kept_as_a_note(parsed):
    audit = {**AUDIT, "author_id": -1, "events": [AUDIT["events"][3]]}
    event = only(parsed({"audits": [audit]}), "ticket_event")

    assert (event["ticket_event_id"], event["event_type"]) == ("35436|note", "note")
    assert event["actor_type"] == "system"


def test_a_merge_is_an_event(parsed):
    via = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_ids": [12, 13]}}}
    outcome = parsed({"audits": [{**AUDIT, "events": [], "via": via}]})

    event = only(outcome, "ticket_event")
    assert (event["event_type"], event["value"]) == ("merged", "12, 13")


def test_a_merge_is_an_event_of_the_export_of_ticket_events_too(parsed):
    via = {"channel": "web", "source": {"rel": "merge", "from": {"ticket_id": 12}, "to": {}}}
    comment = {"id": 2, "event_type": "Comment", "type": "Comment", "author_id": 7,
               "body": "merged", "public": False, "created_at": "2026-03-02T09:00:00Z",
               "via": via}  # fmt: skip
    outcome = parsed(
        {"ticket_events": [{"id": 1, "ticket_id": 11, "timestamp": 1772442000, "updater_id": 7,
                            "via": "Merge", "child_events": [comment]}]},
        agents=[7],
    )  # fmt: skip

    events = {row["event_type"]: row for row in outcome.rows["ticket_event"]}
    assert set(events) == {"merged", "comment"}
    assert (events["merged"]["ticket_ref"], events["merged"]["value"]) == ("11", "12")


def test_the_export_of_ticket_events_says_the_same_as_audits(parsed):
    page = {"ticket_events": [{
        "id": 926256957613, "ticket_id": 155, "timestamp": 1603716792, "updater_id": 5031726587,
        "via": "Web form", "event_type": "Audit", "child_events": [
            {"id": 1, "event_type": "Change", "status": "solved", "previous_value": "open"},
            {"id": 2, "event_type": "Create", "priority": "low", "assignee_id": 7, "subject": "x"},
            {"id": 91048994488, "event_type": "Comment", "type": "Comment", "body": "Hello",
             "author_id": 5031726587, "public": True, "created_at": "2009-06-25T10:15:18Z"},
            {"id": 4, "event_type": "Comment", "comment_present": True, "comment_public": False},
        ]}]}  # fmt: skip
    outcome = parsed(page, agents=[5031726587])

    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert (events["1"]["value"], events["1"]["previous_value"]) == ("solved", "open")
    assert events["1"]["event_at"] == at("2020-10-26 12:53:12")
    assert events["2|priority"]["value"] == "low"
    assert events["2|assignee_id"]["value"] == "7"
    assert events["4"]["is_public"] is False
    assert only(outcome, "interaction")["started_at"] == at("2009-06-25 10:15:18")
