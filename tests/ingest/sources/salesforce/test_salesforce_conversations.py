"""Salesforce cases, calls, mails and tasks: who said or did what."""

from __future__ import annotations

import pytest
from salesforce_examples import page, put


def test_cases_come_in_the_words_of_tickets(read, tmp_path):
    text = (
        "Id,CaseNumber,Status,IsClosed,Priority,Origin,SuppliedEmail,ContactId,OwnerId,CreatedDate\n"
        "5001,1,New,false,High,Email,a@b.example,,00G1,2024-01-01T00:00:00.000Z\n"
        "5002,2,Erledigt,true,Medium,Phone,,0031,0051,2024-01-01T00:00:00.000Z\n"
        "5003,3,Escalated,false,Critical,Web,,,0051,2024-01-01T00:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "Case.csv", text)).rows["ticket"]

    assert [r["status"] for r in rows] == ["new", "closed", "open"]
    assert [r["priority"] for r in rows] == ["high", "normal", "urgent"]
    assert [r["requester_ref"] for r in rows] == ["email:a@b.example", "contact:0031", None]
    assert [r["assignee_ref"] for r in rows] == [None, "0051", "0051"]


def test_a_reopened_case_shows_in_its_events(read, tmp_path):
    text = (
        "Id,CaseId,Field,OldValue,NewValue,CreatedDate,CreatedById\n"
        "017A,5001,Status,Closed,Working,2024-01-03T00:00:00.000Z,0051\n"
        "017B,5001,created,,,2024-01-01T00:00:00.000Z,0051\n"
    )

    rows = read("salesforce", put(tmp_path, "CaseHistory.csv", text)).rows["ticket_event"]

    assert [(r["event_type"], r["previous_value"], r["value"]) for r in rows] == [
        ("status", "closed", "open"),
        ("created", None, None),
    ]


def test_calls_mails_and_todos_are_told_apart(read, tmp_path):
    text = (
        "Id,WhoId,WhatId,TaskSubtype,CallType,CallDurationInSeconds,CreatedDate,Description\n"
        "00T1,00Q1,0061,Call,Inbound,60,2024-01-01T10:00:00.000Z,<p>hello</p>\n"
        "00T2,0031,5001,Email,,,2024-01-01T10:00:00.000Z,\n"
        "00T3,,,Task,,,2024-01-01T10:00:00.000Z,\n"
    )

    rows = read("salesforce", put(tmp_path, "Task.csv", text)).rows["interaction"]

    assert [(r["channel"], r["direction"], r["interaction_type"]) for r in rows] == [
        ("phone", "inbound", "call"),
        ("email", "outbound", "message"),
        ("web", "internal", "task"),
    ]
    assert [r["customer_ref"] for r in rows] == ["lead:00Q1", "contact:0031", None]
    assert (rows[0]["opportunity_ref"], rows[1]["ticket_ref"]) == ("0061", "5001")
    assert rows[0]["body_text"] == "hello"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"IsClosed": False, "Status": "Not Started"}, "task"),
        ({"Status": "In Progress"}, "task"),
        ({"Status": "In Progress", "CallDurationInSeconds": 60}, "call"),
        ({"IsClosed": True, "Status": "Erledigt"}, "call"),
        ({"Status": "Completed"}, "call"),
        ({}, "call"),
    ],
)
def test_a_call_that_is_still_to_be_made_is_a_task(read, tmp_path, said, kind):
    task = {"Id": "00T1", "TaskSubtype": "Call", "CreatedDate": "2024-01-01T10:00:00Z", **said}

    (row,) = read("salesforce", put(tmp_path, "t.json", page(task))).rows["interaction"]

    channel, direction = ("web", "internal") if kind == "task" else ("phone", "outbound")
    assert (row["interaction_type"], row["channel"], row["direction"]) == (kind, channel, direction)


def test_a_meeting_counts_once_however_often_it_stands_in_calendars(read, tmp_path):
    text = (
        "Id,WhoId,OwnerId,IsChild,IsRecurrence,GroupEventType,StartDateTime,CreatedDate\n"
        "00U1,0031,0051,false,false,1,2024-02-07T18:00:00Z,2024-02-01T10:00:00Z\n"
        "00U2,0031,0052,true,false,1,2024-02-07T18:00:00Z,2024-02-01T10:00:00Z\n"
        "00U3,0031,0051,0,1,0,2024-02-08T18:00:00Z,2024-02-01T10:00:00Z\n"
        "00U4,0031,0051,0,0,0,2024-02-08T18:00:00Z,2024-02-01T10:00:00Z\n"
        "00U5,0031,0051,false,false,3,2024-02-09T18:00:00Z,2024-02-01T10:00:00Z\n"
    )

    rows = read("salesforce", put(tmp_path, "Event.csv", text)).rows["interaction"]

    assert [row["direction"] for row in rows] == [
        "outbound", "internal", "internal", "outbound", "internal",
    ]  # fmt: skip
    assert {row["interaction_type"] for row in rows} == {"meeting"}


def test_a_draft_is_no_answer(read, tmp_path):
    text = (
        "Id,ParentId,Status,Incoming,FromAddress,ToAddress,MessageDate\n"
        "02s1,5001,5,false,r@nordlicht.example,a@b.example,2024-01-01T10:00:00.000Z\n"
        "02s2,5001,3,false,r@nordlicht.example,a@b.example,2024-01-01T11:00:00.000Z\n"
    )

    rows = read("salesforce", put(tmp_path, "EmailMessage.csv", text)).rows["interaction"]

    assert [(r["interaction_type"], r["direction"]) for r in rows] == [
        ("draft", "internal"),
        ("message", "outbound"),
    ]


def test_an_incoming_mail_is_the_customers(read, tmp_path):
    mail = {
        "attributes": {"type": "EmailMessage"},
        "Id": "02s1",
        "Incoming": True,
        "FromAddress": "a@b.example",
        "ToAddress": "x@nordlicht.example; y@nordlicht.example",
        "ParentId": "5001",
        "HtmlBody": "<p>Hi</p>",
        "MessageDate": "2024-01-01T10:00:00.000+0000",
        "CreatedById": "0051",
    }
    answer = {**mail, "Id": "02s2", "Incoming": False}

    outcome = read("salesforce", put(tmp_path, "m.json", page(mail, answer)))
    row, sent = outcome.rows["interaction"]

    assert (row["direction"], row["customer_ref"]) == ("inbound", "email:a@b.example")
    assert (sent["direction"], sent["agent_ref"], row["agent_ref"]) == ("outbound", "0051", None)
    assert row["to_refs"] == ["email:x@nordlicht.example", "email:y@nordlicht.example"]
    assert (row["body_text"], row["ticket_ref"]) == ("Hi", "5001")


def test_a_mail_that_came_back_is_a_bounce(read, tmp_path):
    text = (
        "Id,FromAddress,ToAddress,Incoming,Status,IsBounced,MessageDate,CreatedDate\n"
        "02s1,a@nordlicht.example,b@x.example,false,3,true,2024-01-01T10:00:00Z,2024-01-01T10:00:00Z\n"
        "02s2,a@nordlicht.example,b@x.example,false,3,false,2024-01-01T10:00:00Z,2024-01-01T10:00:00Z\n"
    )

    rows = read("salesforce", put(tmp_path, "EmailMessage.csv", text)).rows["interaction"]

    assert [(row["interaction_type"], row["outcome"]) for row in rows] == [
        ("bounce", "bounced"),
        ("message", None),
    ]
