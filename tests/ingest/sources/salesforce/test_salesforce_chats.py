"""Salesforce calls, chat transcripts and messaging sessions, each a record as a whole."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from salesforce_examples import page, put

at = datetime.fromisoformat

CALL = {
    "attributes": {"type": "VoiceCall"},
    "Id": "0LQ5g000000A1AAAA2",
    "CallType": "Inbound",
    "CallStartDateTime": "2026-03-02T09:00:00.000+0000",
    "CallAcceptDateTime": "2026-03-02T09:00:40.000+0000",
    "CallEndDateTime": "2026-03-02T09:05:00.000+0000",
    "CallDurationInSeconds": 300,
    "CallDisposition": "completed",
    "FromPhoneNumber": "+4930901820",
    "ToPhoneNumber": "+4940123456",
    "UserId": "0055g000000B1AAAA2",
    "OwnerId": "0055g000000B9AAAA2",
    "QueueName": "Support",
    "Description": "asked about the invoice",
    "CustomerSentimentScore": -2.5,
    "RelatedRecordId": "5005g000000C1AAAA2",
    "CreatedDate": "2026-03-02T09:00:01.000+0000",
}


def test_a_call_tells_who_took_it_when_and_about_what(read, tmp_path):
    (row,) = read("salesforce", put(tmp_path, "calls.json", page(CALL))).rows["interaction"]

    assert {
        name: row[name]
        for name in (
            "interaction_id", "conversation_ref", "channel", "sub_channel", "direction",
            "interaction_type", "body_text", "from_ref", "to_refs", "customer_ref", "agent_ref",
            "queue", "started_at", "answered_at", "ended_at", "duration_s", "outcome",
            "disposition", "sentiment", "ticket_ref",
        )
    } == {
        "interaction_id": "0LQ5g000000A1AAAA2",
        "conversation_ref": "0LQ5g000000A1AAAA2",
        "channel": "phone",
        "sub_channel": "salesforce",
        "direction": "inbound",
        "interaction_type": "call",
        "body_text": "asked about the invoice",
        "from_ref": "phone:+4930901820",
        "to_refs": ["phone:+4940123456"],
        "customer_ref": "phone:+4930901820",
        "agent_ref": "0055g000000B1AAAA2",
        "queue": "Support",
        "started_at": at("2026-03-02T09:00:00"),
        "answered_at": at("2026-03-02T09:00:40"),
        "ended_at": at("2026-03-02T09:05:00"),
        "duration_s": "300",
        "outcome": "answered",
        "disposition": "completed",
        "sentiment": "-0.50000000",
        "ticket_ref": "5005g000000C1AAAA2",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            {"CallType": "Outbound", "RelatedRecordId": "00Q5g000000D1AAAA2"},
            ("outbound", "lead:00Q5g000000D1AAAA2", "0055g000000B1AAAA2", None),
        ),
        (
            {
                "CallType": "Outbound",
                "CallConnectDateTime": "2026-03-02T09:00:09Z",
                "UserId": None,
            },
            ("outbound", "phone:+4940123456", "0055g000000B9AAAA2", "answered"),
        ),
        (
            {"CallAcceptDateTime": None, "UserId": None, "CallDisposition": "new"},
            ("inbound", "phone:+4930901820", None, "no_answer"),
        ),
        (
            {"CallType": "Outbound", "CallDisposition": "busy"},
            ("outbound", "phone:+4940123456", "0055g000000B1AAAA2", "busy"),
        ),
        (
            {"CallOrigin": "Voicemail"},
            ("inbound", "phone:+4930901820", "0055g000000B1AAAA2", "no_answer"),
        ),
        (
            {"CallType": "Callback"},
            ("inbound", "phone:+4930901820", "0055g000000B1AAAA2", "answered"),
        ),
        (
            {"CallType": "Transfer"},
            ("internal", "phone:+4930901820", "0055g000000B1AAAA2", "answered"),
        ),
        ({"CallType": "Consult"}, ("internal", None, "0055g000000B1AAAA2", "answered")),
    ],
)
def test_a_call_counts_once_and_on_the_side_that_made_it(
    read, tmp_path, said: dict[str, Any], expected
):
    (row,) = read("salesforce", put(tmp_path, "calls.json", page(CALL | said))).rows["interaction"]

    told = (row["direction"], row["customer_ref"], row["agent_ref"], row["outcome"])
    assert told == expected


def test_a_transcript_is_a_chat_with_its_text(read, tmp_path):
    text = (
        "Id,ChatKey,Status,RequestTime,StartTime,EndTime,ChatDuration,WaitTime,Abandoned,Body,"
        "ContactId,LeadId,CaseId,OwnerId,CreatedDate\n"
        "5705g000000A1AAAA2,k1,Completed,2026-03-02T09:00:00Z,2026-03-02T09:00:30Z,"
        '2026-03-02T09:10:30Z,600,30,,"<p>Chat Started: Monday</p>( 3s ) Ana: Hi<br>( 9s ) Rita: '
        'Hello<br>",0035g000000B1AAAA2,,5005g000000C1AAAA2,0055g000000D1AAAA2,'
        "2026-03-02T09:10:31Z\n"
        "5705g000000A2AAAA2,k2,Missed,2026-03-02T10:00:00Z,2026-03-02T10:00:00Z,"
        "2026-03-02T10:01:15Z,,,75,,,00Q5g000000E1AAAA2,,0055g000000D1AAAA2,2026-03-02T10:01:16Z\n"
    )

    rows = read("salesforce", put(tmp_path, "LiveChatTranscript.csv", text)).rows["interaction"]

    assert [
        (
            row["channel"], row["direction"], row["interaction_type"], row["customer_ref"],
            row["agent_ref"], row["ticket_ref"], row["outcome"], row["disposition"],
        )
        for row in rows
    ] == [
        ("chat", "inbound", "chat", "contact:0035g000000B1AAAA2", "0055g000000D1AAAA2",
         "5005g000000C1AAAA2", "answered", "Completed"),
        ("chat", "inbound", "chat", "lead:00Q5g000000E1AAAA2", None, None, "no_answer", "Missed"),
    ]  # fmt: skip
    assert [
        (row["started_at"], row["answered_at"], row["ended_at"], row["duration_s"], row["wait_s"])
        for row in rows
    ] == [
        (
            at("2026-03-02T09:00:00"),
            at("2026-03-02T09:00:30"),
            at("2026-03-02T09:10:30"),
            "600",
            "30",
        ),
        (at("2026-03-02T10:00:00"), None, at("2026-03-02T10:01:15"), None, "75"),
    ]
    assert rows[0]["body_text"].splitlines()[-2:] == ["( 3s ) Ana: Hi", "( 9s ) Rita: Hello"]
    assert rows[1]["body_text"] is None


def session(**said: Any) -> dict[str, Any]:
    return {
        "attributes": {"type": "MessagingSession"},
        "Id": "0Mw5g000000A1AAAA2",
        "ChannelType": "EmbeddedMessaging",
        "ChannelName": "Web shop",
        "Origin": "InboundInitiated",
        "AgentType": "Agent",
        "StartTime": "2026-03-02T09:00:00.000+0000",
        "AcceptTime": "2026-03-02T09:01:00.000+0000",
        "EndTime": "2026-03-02T09:20:00.000+0000",
        "Status": "Ended",
        "EndUserContactId": "0035g000000B1AAAA2",
        "CaseId": "5005g000000C1AAAA2",
        "OpportunityId": "0065g000000F1AAAA2",
        "OwnerId": "0055g000000D1AAAA2",
        "CreatedDate": "2026-03-02T09:00:00.000+0000",
        **said,
    }


def test_a_session_is_a_chat_on_the_channel_it_was_held(read, tmp_path):
    sessions = page(
        session(),
        session(Id="0Mw5g000000A2AAAA2", ChannelType="Text", AgentType="Bot", AcceptTime=None),
        session(
            Id="0Mw5g000000A3AAAA2", ChannelType="WhatsApp", Origin="TriggeredOutbound",
            AgentType="System", AcceptTime=None, EndUserContactId=None, LeadId="00Q5g000000E1AAAA2",
        ),
    )  # fmt: skip

    rows = read("salesforce", put(tmp_path, "sessions.json", sessions)).rows["interaction"]

    assert [
        (
            row["channel"], row["sub_channel"], row["direction"], row["interaction_type"],
            row["customer_ref"], row["agent_ref"], row["outcome"], row["is_automated"],
        )
        for row in rows
    ] == [
        ("chat", "embeddedmessaging", "inbound", "chat", "contact:0035g000000B1AAAA2",
         "0055g000000D1AAAA2", "answered", None),
        ("sms", "text", "inbound", "chat", "contact:0035g000000B1AAAA2", None, None, None),
        ("chat", "whatsapp", "outbound", "chat", "lead:00Q5g000000E1AAAA2", None, None, "true"),
    ]  # fmt: skip
    first = rows[0]
    assert (first["started_at"], first["answered_at"], first["ended_at"]) == (
        at("2026-03-02T09:00:00"),
        at("2026-03-02T09:01:00"),
        at("2026-03-02T09:20:00"),
    )
    assert (first["queue"], first["disposition"]) == ("Web shop", "Ended")
    assert (first["ticket_ref"], first["opportunity_ref"]) == (
        "5005g000000C1AAAA2",
        "0065g000000F1AAAA2",
    )


def test_ids_and_fields_tell_calls_and_chats_from_tasks(read, tmp_path):
    by_id = (
        "Id,CallType,CallDurationInSeconds,CreatedDate\n0LQ5g000000A1AAAA2,Inbound,5,2026-03-02\n"
    )
    by_field = "Id,CallType,CallStartDateTime,CallDurationInSeconds\nx,Inbound,2026-03-02,5\n"

    for text in (by_id, by_field):
        (row,) = read("salesforce", put(tmp_path, "export.csv", text)).rows["interaction"]
        assert (row["direction"], row["interaction_type"]) == ("inbound", "call")
        assert row["duration_s"] == "5"
