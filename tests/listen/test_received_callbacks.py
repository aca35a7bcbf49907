"""Twilio, Intercom and Slack: signatures by the vendors' own examples, and what is landed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from ingest.collect.listen.signatures import is_intercom, is_slack, is_twilio

at = datetime.fromisoformat
CALL = {
    "CallSid": "CA1", "AccountSid": "AC1", "From": "+493012345678", "To": "+498912345678",
    "Direction": "inbound", "ApiVersion": "2010-04-01",
}  # fmt: skip


def collected(api: str, **settings: Any) -> dict[str, Any]:
    secret = {"twilio": "auth_token", "intercom": "client_secret", "slack": "signing_secret"}[api]
    collect = {"kind": "webhook", "api": api, secret: f"env:LISTEN_TEST_{api.upper()}", **settings}
    return {"format": api, "path": f"{api}/**/*.jsonl", "collect": collect}


@pytest.fixture
def twilio(home):
    home.configure(twilio=collected("twilio", public_url="https://crm.example/hooks/calls"))

    def send(query: str = "", token: bytes = b"12345", **fields: str) -> Any:
        pairs = sorted({**CALL, **fields}.items())
        text = "https://crm.example/hooks/calls" + query + "".join(a + b for a, b in pairs)
        signature = base64.b64encode(hmac.new(token, text.encode(), hashlib.sha1).digest())
        headers = {
            "x-twilio-signature": signature.decode(),
            "content-type": "application/x-www-form-urlencoded",
        }
        return home.post(f"/twilio{query}", content=urlencode(pairs), headers=headers)

    return send


@pytest.fixture
def intercom(home):
    home.configure(intercom=collected("intercom"))

    def send(said: Any, secret: bytes = b"intercom-secret") -> Any:
        body = json.dumps(said).encode()
        signature = "sha1=" + hmac.new(secret, body, hashlib.sha1).hexdigest()
        return home.post("/intercom", content=body, headers={"x-hub-signature": signature})

    return send


@pytest.fixture
def slack(home):
    home.configure(slack=collected("slack", channels={"C0CUSTOMER": "ext-acme"}))
    secret = b"8f742231b10e8888abcd99yyyzzz85a5"

    def send(said: Any, age_s: int = 0, secret: bytes = secret) -> Any:
        body = json.dumps(said).encode()
        timestamp = str(int(time.time()) - age_s)
        signed = f"v0:{timestamp}:".encode() + body
        headers = {
            "x-slack-request-timestamp": timestamp,
            "x-slack-signature": "v0=" + hmac.new(secret, signed, hashlib.sha256).hexdigest(),
        }
        return home.post("/slack", content=body, headers=headers)

    return send


def test_the_published_examples_of_twilio_are_recognised():
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    call = [
        ("CallSid", "CA1234567890ABCDE"), ("Caller", "+14158675309"), ("Digits", "1234"),
        ("From", "+14158675309"), ("To", "+18005551212"),
    ]  # fmt: skip
    repeated = [
        ("Sid", "CA123"), ("SidAccount", "AC123"), ("Digits", "5678"), ("Digits", "1234"),
        ("Digits", "1234"),
    ]  # fmt: skip

    assert is_twilio(b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, call)
    assert is_twilio(
        b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url.replace(".com", ".com:443"), call
    )
    assert is_twilio(b"12345", "IK+Dwps556ElfBT0I3Rgjkr1wJU=", url, repeated)
    assert not is_twilio(b"12346", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, call)
    assert not is_twilio(b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url, call[1:])
    assert not is_twilio(b"12345", "RSOYDt4T1cUTdK1PDd93/VVr8B8=", url + "3", call)
    assert not is_twilio(b"12345", "", url, call)


@pytest.mark.parametrize(
    ("digest", "settings", "is_ours"),
    [
        (hashlib.sha256, "key=WK1,algorithm=HMAC_SHA256", True),
        (hashlib.sha1, "key=WK1, algorithm=HMAC_SHA1", True),
        (hashlib.sha256, "", False),
        (hashlib.sha1, "key=WK1,algorithm=HMAC_SHA256", False),
        (hashlib.sha1, "key=WK1,algorithm=NONE", False),
    ],
)
def test_twilio_may_sign_with_the_shared_key_of_a_rule(
    digest: Any, settings: str, is_ours: bool
) -> None:
    signed = hmac.new(b"shared", b"https://crm.example/callsCallSidCA1", digest).digest()
    signature = base64.b64encode(signed).decode()
    said = [("CallSid", "CA1")]

    url = "https://crm.example/calls"
    assert is_twilio(b"shared", signature, url, said, settings) is is_ours


def test_the_published_example_of_slack_is_recognised_for_five_minutes():
    secret = b"8f742231b10e8888abcd99yyyzzz85a5"
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow"
        b"&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner"
        b"&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands"
        b"%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN"
        b"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"

    assert is_slack(secret, "1531420618", signature, body, 1531420618 + 299)
    assert is_slack(secret, "1531420618", signature, body, 1531420618 - 299)
    assert not is_slack(secret, "1531420618", signature, body, 1531420618 + 301)
    assert not is_slack(secret, "1531420619", signature, body, 1531420619)
    assert not is_slack(secret, "1531420618", signature, body + b"x", 1531420618)
    assert not is_slack(secret, "", signature, body, 1531420618)
    assert not is_slack(secret, "１５", signature, body, 15)


def test_a_signature_of_intercom_is_over_the_body_alone():
    signature = "sha1=" + hmac.new(b"s", b"{}", hashlib.sha1).hexdigest()

    assert is_intercom(b"s", signature, b"{}")
    assert not is_intercom(b"t", signature, b"{}")
    assert not is_intercom(b"s", signature, b"{} ")
    assert not is_intercom(b"s", signature.removeprefix("sha1="), b"{}")


def test_an_answered_call_began_its_duration_before_it_ended(home, twilio):
    ended = {"CallStatus": "completed", "CallDuration": "60"}
    assert twilio(Timestamp="Sun, 01 Mar 2026 10:05:00 +0000", **ended).status_code == 200

    (call,) = home.parsed("twilio", "twilio")["interaction"]
    assert call["interaction_id"] == "CA1"
    assert call["direction"] == "inbound"
    assert call["customer_ref"] == "phone:+493012345678"
    assert call["started_at"] == at("2026-03-01 10:04:00")
    assert call["ended_at"] == at("2026-03-01 10:05:00")
    assert call["duration_s"] == 60
    assert call["outcome"] == "answered"
    assert call["recorded_at"] == at("2026-03-01 10:05:00")


@pytest.mark.parametrize(
    ("status", "outcome", "disposition"),
    [
        ("initiated", None, "queued"),
        ("ringing", None, "ringing"),
        ("in-progress", None, "in-progress"),
        ("busy", "busy", "busy"),
        ("no-answer", "no_answer", "no-answer"),
        ("canceled", "no_answer", "canceled"),
        ("failed", "failed", "failed"),
    ],
)
def test_every_state_of_a_call_is_a_version_of_it(home, twilio, status, outcome, disposition):
    twilio("?source=shop", CallStatus=status, Timestamp="Sun, 01 Mar 2026 10:05:00 +0000")

    (call,) = home.parsed("twilio", "twilio")["interaction"]
    assert (call["outcome"], call["disposition"]) == (outcome, disposition)
    assert call["started_at"] == call["recorded_at"] == at("2026-03-01 10:05:00")


def test_a_callback_without_a_time_has_that_of_its_receipt(home, twilio):
    twilio(CallStatus="busy")

    assert len(home.parsed("twilio", "twilio")["interaction"]) == 1


def test_a_recording_is_an_attachment_of_its_call(home, twilio):
    twilio(
        RecordingSid="RE1",
        RecordingStatus="completed",
        RecordingDuration="58",
        RecordingUrl="https://api.twilio.com/RE1",
        RecordingStartTime="Sun, 01 Mar 2026 10:04:01 +0000",
    )

    (recording,) = home.parsed("twilio", "twilio")["attachment"]
    assert recording["attachment_id"] == "RE1"
    assert recording["interaction_ref"] == "CA1"
    assert json.loads(recording["attributes"])["media_url"] == "https://api.twilio.com/RE1"


def test_a_transcription_is_the_text_of_its_recording_and_no_state_of_its_call(home, twilio):
    ended = {"CallStatus": "completed", "CallDuration": "60"}
    twilio(Timestamp="Sun, 01 Mar 2026 10:05:00 +0000", **ended)
    twilio(
        TranscriptionSid="TR1",
        TranscriptionText="Please call back",
        TranscriptionStatus="completed",
        RecordingSid="RE1",
        RecordingUrl="https://api.twilio.com/RE1",
        CallStatus="completed",
    )

    parsed = home.parsed("twilio", "twilio")
    (call,) = parsed["interaction"]
    (text,) = parsed["attachment"]
    assert call["started_at"] == at("2026-03-01 10:04:00")
    assert (text["attachment_id"], text["interaction_ref"]) == ("TR1", "CA1")
    assert json.loads(text["attributes"])["text"] == "Please call back"


@pytest.mark.parametrize(
    ("sender", "channel"), [("+493012345678", "sms"), ("whatsapp:+493012345678", "chat")]
)
def test_a_word_to_stop_with_is_a_refusal_of_all_messages(home, twilio, sender, channel):
    said = {"CallSid": "", "MessageSid": "SM1", "From": sender, "Body": "Stop"}
    assert twilio(**said, OptOutType="STOP").status_code == 200

    decisions = home.parsed("twilio", "twilio")["consent"]
    assert {row["purpose"] for row in decisions} == {"marketing", "sales", "service"}
    assert {row["person_ref"] for row in decisions} == {"phone:+493012345678"}
    assert {(row["status"], row["channel"]) for row in decisions} == {("withdrawn", channel)}
    assert "Body" not in home.files("twilio")[0].read_text()


@pytest.mark.parametrize("fields", [{"OptOutType": "STOP"}, {"CallStatus": "ringing"}, {}])
def test_twilio_is_told_to_do_nothing_in_its_own_language(twilio, fields):
    answer = twilio(MessageSid="SM1", **fields)

    assert answer.headers["content-type"] == "text/xml"
    assert answer.text.endswith("<Response></Response>")


@pytest.mark.parametrize("kind", ["START", "HELP"])
def test_a_word_to_start_with_is_no_consent(home, twilio, kind):
    said = {"CallSid": "", "MessageSid": "SM1", "Body": "Yes"}
    assert twilio(**said, OptOutType=kind).status_code == 200
    assert home.files("twilio") == []


def test_what_is_no_call_is_acknowledged_and_not_landed(home, twilio):
    assert twilio(CallSid="", MessageSid="SM1", MessageStatus="sent").status_code == 200
    assert home.files("twilio") == []


def test_a_forged_callback_is_401_and_its_number_is_nowhere(home, twilio):
    answer = twilio(token=b"other", CallStatus="busy")

    assert (answer.status_code, answer.json()["code"]) == (401, "wrong_signature")
    assert home.files("twilio") == []
    (trace,) = home.rejected()
    assert trace["source"] == "twilio"
    assert CALL["From"] not in json.dumps(trace)


@pytest.mark.parametrize("body", [b"\xff", b"&".join([b"a=1"] * 501)])
def test_a_form_that_cannot_be_read_is_400(home, twilio, body):
    assert home.post("/twilio", content=body).status_code == 400


def notification(topic: str, item: dict[str, Any]) -> dict[str, Any]:
    data = {"type": "notification_event_data", "item": item}
    return {"type": "notification_event", "id": "notif_1", "topic": topic, "data": data}


CONVERSATION = {
    "type": "conversation",
    "id": "147",
    "created_at": 1772358000,
    "updated_at": 1772358060,
    "source": {
        "type": "conversation",
        "id": "9001",
        "body": "<p>Where is my order?</p>",
        "author": {"type": "user", "id": "u1", "name": "Jane", "email": "jane@x.example"},
    },
    "conversation_parts": {
        "type": "conversation_part.list",
        "conversation_parts": [
            {
                "type": "conversation_part",
                "id": "9002",
                "part_type": "comment",
                "body": "<p>On its way.</p>",
                "created_at": 1772358060,
                "author": {"type": "admin", "id": "7", "name": "Ole"},
            }
        ],
    },
}


def test_the_conversation_of_a_notification_is_landed_as_the_api_has_it(home, intercom):
    answer = intercom(notification("conversation.admin.replied", CONVERSATION))

    assert answer.json() == {"success": True}
    assert home.landed("intercom") == [CONVERSATION]
    question, reply = home.parsed("intercom", "intercom")["interaction"]
    assert question["body_text"] == "Where is my order?"
    assert question["customer_ref"] == "email:jane@x.example"
    assert (reply["interaction_id"], reply["agent_ref"]) == ("147|9002", "7")


def test_the_ticket_of_a_notification_is_landed(home, intercom):
    ticket = {"type": "ticket", "id": "9", "ticket_state": "resolved", "created_at": 1772358000}
    intercom(notification("ticket.closed", ticket))
    intercom(notification("ticket.admin.assigned", {"type": "ticket_assigned", "ticket": ticket}))

    assert home.landed("intercom") == [ticket, ticket]
    assert {row["status"] for row in home.parsed("intercom", "intercom")["ticket"]} == {"solved"}


JANE = {"type": "contact", "id": "u1", "email": "jane@x.example", "updated_at": 1772358000}


@pytest.mark.parametrize("is_beside", [False, True])
def test_who_unsubscribes_refuses_mail(home, intercom, is_beside):
    jane = {**JANE, "unsubscribed_from_emails": True}
    item = {"type": "contact_unsubscribed", "contact": jane} if is_beside else jane
    assert intercom(notification("contact.unsubscribed", item)).status_code == 200

    parsed = home.parsed("intercom", "intercom")
    (contact,) = parsed["contact"]
    assert contact["has_opted_out_of_email"] is True
    assert {(row["person_ref"], row["status"]) for row in parsed["consent"]} == {
        ("contact:u1", "withdrawn")
    }


def test_the_contact_that_is_left_of_a_merge_is_landed(home, intercom):
    intercom(notification("contact.merged", JANE))

    (contact,) = home.parsed("intercom", "intercom")["contact"]
    assert (contact["contact_id"], contact["email"]) == ("u1", "jane@x.example")


@pytest.mark.parametrize("topic", ["contact.deleted", "contact.archived", "user.deleted"])
def test_a_contact_that_is_gone_is_deleted_when_the_notification_says(home, intercom, topic):
    said = notification(topic, {"type": "contact", "id": "u1"}) | {"created_at": 1772358060}
    assert intercom(said).status_code == 200

    (contact,) = home.parsed("intercom", "intercom")["contact"]
    assert contact["is_deleted"] is True
    assert contact["recorded_at"] == at("2026-03-01 09:41:00")


@pytest.mark.parametrize(
    "said",
    [
        notification("ticket.created", {"type": "ticket", "id": "9"}),
        notification("company.contact.attached", {"type": "company", "contact": JANE}),
        notification("ping", {"type": "ping", "message": "hello"}),
        notification("contact.created", {"type": "contact", "id": "u1"}),
        notification("conversation.deleted", {"type": "conversation", "id": "147"}),
        {"type": "notification_event", "data": None},
    ],
)
def test_other_notifications_are_acknowledged_and_not_landed(home, intercom, said):
    assert intercom(said).status_code == 200
    assert home.files("intercom") == []


def test_a_forged_notification_is_401(home, intercom):
    answer = intercom(notification("conversation.admin.replied", CONVERSATION), secret=b"x")

    assert answer.status_code == 401
    assert home.files("intercom") == []
    assert "Jane" not in json.dumps(home.rejected())


def callback(**event: Any) -> dict[str, Any]:
    event = {"type": "message", "channel": "C0CUSTOMER", "event_ts": "1772358100.000200", **event}
    return {"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": event}


def test_the_challenge_of_slack_is_answered(slack):
    assert slack({"type": "url_verification", "challenge": "3eZb"}).json() == {"challenge": "3eZb"}


def test_a_message_is_landed_in_the_folder_of_its_channel(home, slack):
    slack(callback(user="U1", text="Hello &amp; welcome", ts="1772358000.000100"))
    slack(callback(user="U1", text="elsewhere", ts="1772358001.000100", channel="C0OTHER"))

    assert {file.parent.name for file in home.files("slack")} == {"ext-acme", "C0OTHER"}
    first = home.parsed("slack", "slack")["interaction"]
    assert {row["interaction_id"] for row in first} == {
        "ext-acme|1772358000.000100",
        "C0OTHER|1772358001.000100",
    }


def test_an_edit_and_a_deletion_are_later_versions_of_the_message(home, slack):
    ts = "1772358000.000100"
    edited = {"type": "message", "user": "U1", "text": "new", "ts": ts}
    edited["edited"] = {"user": "U1", "ts": "1772358050.000000"}
    slack(callback(user="U1", text="old", ts=ts))
    slack(callback(subtype="message_changed", ts="1772358050.000100", message=edited))
    slack(callback(subtype="message_deleted", ts="1772358100.000200", deleted_ts=ts))

    versions = home.parsed("slack", "slack")["interaction"]
    assert {row["interaction_id"] for row in versions} == {f"ext-acme|{ts}"}
    by_time = sorted(versions, key=lambda row: row["recorded_at"] or at("1970-01-01"))
    assert [row["body_text"] for row in by_time] == ["old", "new", None]
    assert [row["is_deleted"] for row in by_time] == [False, False, True]


def test_what_began_a_thread_is_deleted_after_it_was_edited(home, slack):
    ts = "1772358000.000100"
    edited = {"type": "message", "user": "U1", "text": "new", "ts": ts, "thread_ts": ts}
    edited["edited"] = {"user": "U1", "ts": "1772358050.000000"}
    gone = {"type": "message", "subtype": "tombstone", "text": "This message was deleted.",
            "user": "USLACKBOT", "hidden": True, "ts": ts, "thread_ts": ts}  # fmt: skip
    slack(callback(subtype="message_changed", ts="1772358050.000100", message=edited))
    slack(callback(subtype="message_changed", ts="1772358100.000200", message=gone))

    versions = home.parsed("slack", "slack")["interaction"]
    last = max(versions, key=lambda row: row["recorded_at"] or at("1970-01-01"))
    assert (last["is_deleted"], last["interaction_id"]) == (True, f"ext-acme|{ts}")
    assert last["customer_ref"] is None


def test_events_that_are_no_messages_are_acknowledged_and_not_landed(home, slack):
    assert slack(callback(type="reaction_added")).status_code == 200
    assert home.files("slack") == []


def test_events_that_slack_keeps_back_leave_a_trace(home, slack):
    said = {"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1772358000}

    assert slack(said).status_code == 200
    assert home.files("slack") == []
    assert [trace["reason_code"] for trace in home.rejected()] == ["kept_back_by_slack"]


def test_an_old_or_forged_event_of_slack_is_401(home, slack):
    message = callback(user="U1", text="x", ts="1772358000.000100")

    assert slack(message, age_s=301).status_code == 401
    assert slack(message, secret=b"other").status_code == 401
    assert home.files("slack") == []


@pytest.mark.parametrize("channel", ["../../etc", "", "c0lower", None, "C" * 40])
def test_a_channel_never_names_another_folder(home, slack, channel):
    answer = slack(callback(user="U1", text="x", ts="1772358000.000100", channel=channel))

    assert (answer.status_code, answer.json()["code"]) == (400, "unknown_channel")
    assert not (home.folder / "landing").exists()
