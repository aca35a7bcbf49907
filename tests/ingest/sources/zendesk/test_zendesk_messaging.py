"""Zendesk's messaging: messages of conversation logs, and of the audits that began them."""

from __future__ import annotations

import json

import pytest
from zendesk_examples import AUDIT, CONVERSATION_LOG, USERS, at, only

BOT, COMMENT = CONVERSATION_LOG["events"]
CUSTOMER = {"display_name": "Johnny", "type": "user", "zen:support:user_id": 20978392}
AGENT = {"display_name": "Mariana", "type": "agent", "zen:support:user_id": 235323}


def message(number, author, **others):
    return {
        **BOT, "id": f"01J{number}", "author": author,
        "received_at": f"2025-04-22T09:3{number}:00Z",
        "reference": f"zen:sunco:conversation_message:m{number}",
        "content": {"type": "text", "text": f"text {number}"}, "source": {"type": "web"}, **others,
    }  # fmt: skip


def log(*events):
    return {**CONVERSATION_LOG, "events": list(events)}


def test_the_documented_log_is_a_greeting_and_an_internal_comment(parsed):
    outcome = parsed(CONVERSATION_LOG)

    greeting, comment = outcome.rows["interaction"]
    assert greeting["interaction_id"] == "6807603a38564290f5a086c2"
    assert (greeting["conversation_ref"], greeting["ticket_ref"]) == ("123", "123")
    assert (greeting["channel"], greeting["interaction_type"]) == ("chat", "message")
    assert (greeting["direction"], greeting["is_automated"]) == ("outbound", True)
    assert greeting["agent_ref"] is None
    assert greeting["customer_ref"] == "contact:8303911923701"
    assert greeting["body_text"] == "Hey! Have a question? I'm here to assist."
    assert greeting["started_at"] == at("2025-04-22 09:24:26.861")
    told = json.loads(greeting["attributes"])
    assert told["content"] == {"actions": BOT["content"]["actions"]}
    assert (told["author_name"], told["author_sunco_id"]) == ("SampleBot", "a21a91fd1234a")
    assert told["via"] == {"channel": "native_messaging", "source": {"type": "zd:answerBot"}}
    assert comment["interaction_id"] == "8639371328313"
    assert (comment["direction"], comment["interaction_type"]) == ("internal", "note")
    assert comment["body_text"] == "Conversation with wp native\nURL: None"
    assert (comment["agent_ref"], comment["started_at"]) == (None, at("2025-04-22 09:24:46"))


def test_customer_and_agent_write_to_each_other(parsed):
    outcome = parsed(log(message(1, CUSTOMER), message(2, AGENT)))

    asked, answered = outcome.rows["interaction"]
    assert (asked["interaction_id"], asked["direction"]) == ("m1", "inbound")
    assert asked["from_ref"] == asked["customer_ref"] == "contact:20978392"
    assert (answered["direction"], answered["agent_ref"]) == ("outbound", "235323")
    assert (answered["customer_ref"], answered["is_automated"]) == ("contact:20978392", False)
    assert answered["to_refs"] == ["contact:20978392"]
    events = outcome.rows["ticket_event"]
    assert [(e["event_type"], e["actor_type"], e["is_public"]) for e in events] == [
        ("comment", "requester", True), ("comment", "agent", True),
    ]  # fmt: skip


def test_of_several_customers_in_a_conversation_none_is_written_to(parsed):
    other = {**CUSTOMER, "zen:support:user_id": 1}
    outcome = parsed(log(message(1, CUSTOMER), message(2, other), message(3, AGENT)))

    assert [row["customer_ref"] for row in outcome.rows["interaction"]] == [
        "contact:20978392", "contact:1", None,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("source", "channel"),
    [("whatsapp", "chat"), ("instagram", "social"), ("twilio", "sms"), ("mailgun", "email")],
)
def test_the_integration_tells_the_channel(parsed, source, channel):
    outcome = parsed(log(message(1, CUSTOMER, source={"type": source})))

    assert only(outcome, "interaction")["channel"] == channel


def test_a_file_in_a_conversation_is_an_attachment(parsed):
    file = {"id": 8639388162331, "file_name": "sample.png", "content_type": "image/png",
            "size": 20331, "content_url": "https://company.zendesk.com/a/123"}  # fmt: skip
    content = {"type": "image", "mediaUrl": "https://x.example/1", "altText": "a lamp"}
    outcome = parsed(log(message(1, CUSTOMER, attachments=[file], content=content)))

    row, attachment = only(outcome, "interaction"), only(outcome, "attachment")
    assert (row["body_text"], row["attachment_count"]) == ("a lamp", 1)
    assert json.loads(row["attributes"])["content"] == {"mediaUrl": "https://x.example/1"}
    assert (attachment["interaction_ref"], attachment["file_name"]) == ("m1", "sample.png")
    assert (attachment["mime_type"], attachment["size_bytes"]) == ("image/png", 20331)


def test_events_one_a_line_say_their_ticket(parsed):
    lines = [{**message(1, CUSTOMER), "ticket_id": 9}, message(2, AGENT)]
    outcome = parsed("\n".join(json.dumps(one) for one in lines), "log.jsonl")

    assert only(outcome, "interaction")["ticket_ref"] == "9"
    assert outcome.reasons() == {2: "missing_ticket"}


def test_what_cannot_be_a_message_is_rejected_with_a_reason(parsed):
    outcome = parsed(
        log(
            message(1, {}),
            message(2, CUSTOMER, received_at="soon"),
            message(3, CUSTOMER, reference=None),
            message(4, CUSTOMER, type="Messaging::SwitchboardEvent"),
            message(5, CUSTOMER, reference="zen:sunco:conversation_message:"),
            {"id": 6},
            message(7, "x", content=["x"], attachments="x", source=3, metadata=[]),
        )
    )

    assert outcome.rows.get("interaction", []) == []
    assert outcome.reasons() == {
        1: "unknown_author", 2: "missing_date", 3: "missing_id", 4: "unknown_kind",
        5: "missing_id", 6: "unknown_kind", 7: "unknown_author",
    }  # fmt: skip


HISTORY = [
    {"type": "ChatJoin", "actor_type": "end-user", "actor_id": "20978392", "timestamp": 1},
    {"type": "ChatMessage", "actor_type": "end-user", "actor_id": "20978392",
     "actor_name": "Johnny", "message": "text 1", "timestamp": 1745314260000,
     "original_message": {"id": "m1", "received": "2025-04-22T09:31:00Z"}},
    {"type": "ChatMessage", "actor_type": "agent", "actor_id": "235323", "actor_name": "Mariana",
     "message": "text 2", "timestamp": 1745314320000, "original_message": {"id": "m2"}},
    {"type": "ChatMessage", "actor_type": "agent", "message": "of a chat", "timestamp": 2},
    {"type": "ChatFileAttachment", "actor_type": "end-user", "actor_id": "20978392",
     "filename": "a.png", "mime_type": "image/png", "size": 12, "url": "https://x.example/a",
     "timestamp": 1745314380000, "original_message": {"id": "m3"}},
]  # fmt: skip


def test_the_audit_in_which_a_conversation_began_has_the_same_messages(parsed):
    began = {"id": 1, "type": "ChatStartedEvent", "value": {"conversation_id": "c",
             "history": HISTORY}}  # fmt: skip
    requester = {"id": 2, "type": "Create", "field_name": "requester_id", "value": "20978392"}
    audit = {**AUDIT, "ticket_id": 123, "events": [requester, began]}
    outcome = parsed({"audits": [audit], "users": USERS})
    logged = parsed({**log(message(1, CUSTOMER), message(2, AGENT)), "users": USERS}, "log.json")

    told, logs = outcome.rows["interaction"], logged.rows["interaction"]
    same = ("interaction_id", "conversation_ref", "ticket_ref", "channel", "direction", "from_ref",
            "to_refs", "customer_ref", "agent_ref", "body_text", "started_at")  # fmt: skip
    assert [{n: row[n] for n in same} for row in told[:2]] == [
        {n: row[n] for n in same} for row in logs
    ]
    assert [row["interaction_id"] for row in told] == ["m1", "m2", "m3"]
    assert told[2]["started_at"] == at("2025-04-22 09:33")
    file = only(outcome, "attachment")
    assert (file["interaction_ref"], file["file_name"], file["size_bytes"]) == ("m3", "a.png", 12)
    (note,) = (row for row in outcome.rows["ticket_event"] if row["event_type"] == "created")
    assert json.loads(note["attributes"])["events"][1] == {
        "type": "ChatStartedEvent",
        "value": {"conversation_id": "c", "history": [HISTORY[0], HISTORY[3]]},
    }


@pytest.mark.parametrize("value", [None, "x", [], {"history": {"a": 1}}, {"history": [3, {}]}])
def test_a_conversation_without_a_history_is_an_event_alone(parsed, value):
    audit = {**AUDIT, "events": [{"id": 1, "type": "ChatStartedEvent", "value": value}]}

    outcome = parsed({"audits": [audit]})

    assert outcome.rows.get("interaction", []) == []
    assert only(outcome, "ticket_event")["event_type"] == "note"


SIDE = {"id": "8566255a", "ticket_id": 35436, "state": "open", "state_updated_at": "2018-11-20",
        "subject": "My printer is on fire!", "preview_text": "I don't know why",
        "participants": [{"user_id": 35436, "name": "Johnny Agent"}, {"email": "x@y.example"}],
        "created_at": "2018-11-20T16:58:36.453+00:00"}  # fmt: skip
SIDE_EVENT = {"id": "8566255b", "side_conversation_id": "8566255a", "ticket_id": 35436,
              "type": "create", "via": "support", "actor": {"user_id": 35436},
              "message": {"subject": "My printer is on fire!", "body": "Why?", "to": []},
              "created_at": "2018-11-20T16:58:36.453+00:00"}  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        {"side_conversations": [SIDE], "side_conversation_events": [SIDE_EVENT]},
        {"events": [SIDE_EVENT, SIDE_EVENT]},
        [SIDE, SIDE_EVENT],
    ],
)
def test_side_conversations_are_refused_with_why(parsed, content):
    outcome = parsed(content)

    assert outcome.rows.get("interaction", []) == []
    assert outcome.reasons() == {1: "side_conversation", 2: "side_conversation"}
    assert "ticket 35436 is with others than the customer" in outcome.rejected[0]["reason"]
