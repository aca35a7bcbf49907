"""Zendesk comments: who wrote them, and to whom."""

from __future__ import annotations

import json

import pytest
from zendesk_examples import ANSWER, PRIVATE, PUBLIC, TICKET, USERS, at, only


def test_comments_go_in_out_or_stay_inside(parsed):
    page = {"comments": [PUBLIC, PRIVATE, ANSWER], "users": USERS,
            "next_page": "https://x.zendesk.com/api/v2/tickets/9/comments.json?page=2"}  # fmt: skip
    outcome = parsed(page)

    inbound, note, answer = outcome.rows["interaction"]
    assert (inbound["interaction_id"], inbound["ticket_ref"]) == ("1274", "9")
    assert (inbound["direction"], inbound["channel"]) == ("inbound", "email")
    assert inbound["from_ref"] == inbound["customer_ref"] == "contact:20978392"
    assert inbound["body_text"] == "Thanks for your help!"
    assert (note["direction"], note["interaction_type"]) == ("internal", "note")
    assert (answer["direction"], answer["agent_ref"]) == ("outbound", "235323")
    assert answer["body_text"] == "Water.\nBye"
    events = {row["ticket_event_id"]: row for row in outcome.rows["ticket_event"]}
    assert [events[i]["actor_type"] for i in ("1274", "1275", "1276")] == [
        "requester", "agent", "agent",
    ]  # fmt: skip
    assert events["1275"]["is_public"] is False


def test_an_attachment_belongs_to_its_comment(parsed):
    attachment = only(parsed([{**PUBLIC, "ticket_id": 9}], agents=[235323]), "attachment")

    assert (attachment["attachment_id"], attachment["interaction_ref"]) == ("498483", "1274")
    assert (attachment["file_name"], attachment["size_bytes"]) == ("crash.log", 2532)


def test_comments_embedded_in_a_ticket_are_of_its_requester(parsed):
    outcome = parsed([{**TICKET, "comments": [PUBLIC, PRIVATE]}])

    inbound, note = outcome.rows["interaction"]
    assert (inbound["direction"], inbound["conversation_ref"]) == ("inbound", "35436")
    assert inbound["subject"] == "Help, my printer is on fire!"
    assert note["agent_ref"] == "235323"
    assert note["customer_ref"] == "contact:20978392"


def test_a_comment_of_somebody_unknown_is_rejected_with_the_remedy(parsed):
    outcome = parsed([{**ANSWER, "ticket_id": 9}])

    assert outcome.reasons() == {1: "unknown_author"}
    assert "users.json" in outcome.rejected[0]["reason"]
    event = only(outcome, "ticket_event")
    assert (event["actor_type"], event["actor_ref"]) == (None, None)


def test_users_beside_the_file_tell_who_wrote(parsed, tmp_path):
    (tmp_path / "users-1.jsonl").write_text("\n".join(json.dumps(user) for user in USERS))
    (tmp_path / "zendesk").mkdir()
    (tmp_path / "zendesk" / "groups.json").write_text('{"groups": [{"id": 98738, "name": "P"}]}')

    outcome = parsed([{**ANSWER, "ticket_id": 9}, TICKET])

    assert only(outcome, "interaction")["direction"] == "outbound"
    assert only(outcome, "ticket")["group_name"] == "P"


def test_the_option_agents_tells_who_wrote(parsed):
    outcome = parsed([{**ANSWER, "ticket_id": 9}, {**PUBLIC, "ticket_id": 9}], agents=["235323"])

    assert [row["direction"] for row in outcome.rows["interaction"]] == ["outbound", "inbound"]


def test_the_address_of_a_mail_tells_who_wrote(parsed):
    via = {"channel": "email", "source": {"from": {"address": "ann@nordlicht.example"}}}

    assert only(parsed([{**ANSWER, "ticket_id": 9, "via": via}]), "interaction")["direction"] == (
        "outbound"
    )


def test_a_comment_without_its_ticket_is_rejected(parsed):
    assert parsed({"comments": [PUBLIC]}).reasons() == {1: "missing_ticket"}


def test_an_agent_is_a_person_by_e_mail_only(parsed):
    ticket = only(parsed({"tickets": [TICKET], "users": USERS}), "ticket")

    assert ticket["submitter_ref"] == "email:admin@company.com"
    assert json.loads(ticket["attributes"])["submitter_id"] == "76872"


@pytest.mark.parametrize(
    ("via", "channel"),
    [
        ("sunshine_conversations_facebook_messenger", "social"),
        ("sunshine_conversations_twitter_dm", "social"),
        ("sunshine_conversations_api", "chat"),
        ("chat_transcript", "chat"),
        ("telegram", "chat"),
        ("apple_business_chat", "chat"),
        ("twilio_sms", "sms"),
        ("phone_call_inbound", "phone"),
        ("voicemail", "phone"),
        ("mail", "email"),
        ("rule", "web"),
        ("mobile_sdk", "web"),
    ],
)
def test_a_comment_is_of_the_channel_that_zendesk_names(parsed, via, channel):
    comment = {**PUBLIC, "ticket_id": 9, "via": {"channel": via}}

    assert only(parsed([comment], agents=[235323]), "interaction")["channel"] == channel


@pytest.mark.parametrize(
    ("via", "direction", "outcome"),
    [
        ({"channel": "voice", "source": {"rel": "inbound"}}, "inbound", None),
        ({"channel": "voice", "source": {"rel": "outbound"}}, "outbound", None),
        ({"channel": "voice", "source": {"rel": "voicemail"}}, "inbound", "no_answer"),
        ({"channel": "api_phone_call_inbound"}, "inbound", None),
        ({"channel": "web", "source": {"rel": None}}, "internal", None),
    ],
)
def test_of_a_call_it_counts_who_rang_and_not_who_wrote_of_it(parsed, via, direction, outcome):
    call = {
        **PUBLIC, "ticket_id": 9, "type": "VoiceComment", "author_id": 76872, "public": False,
        "created_at": "2025-05-01T08:00:00Z", "via": via,
        "data": {
            "started_at": "2025-05-01T07:55:00Z", "call_duration": 62, "answered_by_id": 235323,
            "recording_url": "https://x.example/1",
        },
    }  # fmt: skip

    row = only(parsed([call], agents=[235323, 76872]), "interaction")

    assert (row["interaction_type"], row["channel"]) == ("call", "phone")
    assert (row["direction"], row.get("outcome")) == (direction, outcome)
    assert (row["agent_ref"], row["duration_s"]) == ("235323", 62)
    assert row["started_at"] == at("2025-05-01 07:55")
    assert row["recording_url"] == "https://x.example/1"
