"""What is received and what is collected of one system are the same records, counted once."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.current_rows import current, load

URL = "https://crm.example.com/calls"
BEGAN = datetime(2026, 3, 1, 10, tzinfo=UTC)
CALL = {"CallSid": "CA1", "AccountSid": "AC1", "From": "+493012345678", "To": "+498912345678",
        "Direction": "inbound"}  # fmt: skip
LEG = {"CallSid": "CA2", "ParentCallSid": "CA1", "AccountSid": "AC1", "From": "+493012345678",
       "To": "client:anna", "Direction": "outbound-dial"}  # fmt: skip
RINGS = {**LEG, "CallStatus": "ringing"}
ENDS = {**LEG, "CallStatus": "completed", "CallDuration": "50"}
CALL_ENDS = {**CALL, "CallStatus": "completed", "CallDuration": "60"}

Send = Callable[..., None]


@pytest.fixture
def calls(home: Any) -> Send:
    """Return what sends Twilio's callback of a second after the beginning, to a file of its own."""
    home.configure(
        calls={
            "format": "twilio",
            "path": "calls/**/*.jsonl",
            "collect": {"kind": "webhook", "api": "twilio", "auth_token": "env:LISTEN_TEST_TWILIO",
                        "public_url": URL},
        },
        calls_api={"format": "twilio", "path": "calls_api/*.json", "namespace": "calls"},
    )  # fmt: skip

    def send(second: int, **fields: str) -> None:
        fields["Timestamp"] = format_datetime(BEGAN + timedelta(seconds=second))
        text = URL + "".join(name + value for name, value in sorted(fields.items()))
        signature = base64.b64encode(hmac.new(b"12345", text.encode(), hashlib.sha1).digest())
        headers = {"x-twilio-signature": signature.decode()}
        assert home.post("/calls", content=urlencode(fields), headers=headers).status_code == 200

    return send


def land(home: Any, name: str, content: Any) -> None:
    file = home.folder / "landing" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(content))


@pytest.mark.parametrize(
    "told",
    [
        [(10, RINGS), (60, ENDS), (60, CALL_ENDS)],
        [(10, RINGS), (60, CALL_ENDS), (60, ENDS)],
        [(60, ENDS), (60, CALL_ENDS), (10, RINGS)],
        [(0, {**CALL, "CallStatus": "ringing"}), (60, CALL_ENDS), (60, ENDS)],
    ],
)
def test_a_call_whose_legs_are_told_of_in_several_files_is_one_call(
    home: Any, calls: Send, told: list[tuple[int, dict[str, str]]]
) -> None:
    for second, fields in told:
        calls(second, **fields)
        load(home.folder)

    assert len(home.files("calls")) == len(told)
    (call,) = current(home.folder, "interaction").values()
    assert call["record_key"] == "calls:CA1"
    assert (call["agent_ref"], call["customer_ref"]) == ("calls:anna", "phone:+493012345678")
    assert (call["talk_s"], call["wait_s"], call["duration_s"]) == (50, 10, 60)
    assert call["outcome"] == "answered"


def test_a_call_that_is_received_and_collected_is_one_call(home: Any, calls: Send) -> None:
    calls(60, **ENDS)
    calls(60, **CALL_ENDS)
    load(home.folder)
    started = format_datetime(BEGAN)
    call = {"sid": "CA1", "parent_call_sid": None, "from": CALL["From"], "to": CALL["To"],
            "direction": "inbound", "status": "completed", "start_time": started,
            "end_time": format_datetime(BEGAN + timedelta(seconds=60)), "duration": "60",
            "date_updated": format_datetime(BEGAN + timedelta(seconds=60)),
            "price": "-0.01", "price_unit": "USD"}  # fmt: skip
    leg = {**call, "sid": "CA2", "parent_call_sid": "CA1", "to": "client:anna", "duration": "50",
           "direction": "outbound-dial", "price": None,
           "start_time": format_datetime(BEGAN + timedelta(seconds=10))}  # fmt: skip
    land(home, "calls_api/calls-00000001.json", {"calls": [leg, call]})
    load(home.folder)

    (one,) = current(home.folder, "interaction").values()
    assert (float(one["cost"]), one["agent_ref"], one["talk_s"]) == (0.01, "calls:anna", 50)


def part(part_id: str, minute: int, author: dict[str, Any], body: str) -> dict[str, Any]:
    at = int((BEGAN + timedelta(minutes=minute)).timestamp())
    return {"type": "conversation_part", "id": part_id, "part_type": "comment", "author": author,
            "created_at": at, "body": f"<p>{body}</p>"}  # fmt: skip


def test_a_conversation_that_is_received_and_collected_has_each_message_once(home: Any) -> None:
    home.configure(
        chat={
            "format": "intercom",
            "path": "chat/**/*.jsonl",
            "collect": {"kind": "webhook", "api": "intercom",
                        "client_secret": "env:LISTEN_TEST_INTERCOM"},
        },
        chat_api={"format": "intercom", "path": "chat_api/*.json", "namespace": "chat"},
    )  # fmt: skip
    jane = {"type": "user", "id": "u1", "name": "Jane", "email": "jane@x.example"}
    ole = {"type": "admin", "id": "7", "name": "Ole", "email": "ole@nordlicht.example"}
    parts = [
        part("2", 1, ole, "On its way"),
        part("3", 2, jane, "Thanks"),
        part("4", 3, ole, "Bye"),
    ]
    conversation = {
        "type": "conversation", "id": "147", "created_at": int(BEGAN.timestamp()),
        "source": {"type": "conversation", "id": "1", "body": "<p>Where?</p>", "author": jane},
    }  # fmt: skip
    for newest in parts[:2]:
        item = {**conversation, "conversation_parts": {"conversation_parts": [newest]}}
        body = json.dumps({"topic": "conversation.user.replied", "data": {"item": item}}).encode()
        signed = hmac.new(b"intercom-secret", body, hashlib.sha1).hexdigest()
        home.post("/chat", content=body, headers={"x-hub-signature": f"sha1={signed}"})
    load(home.folder)
    received = current(home.folder, "interaction")

    whole = {**conversation, "conversation_parts": {"conversation_parts": parts}}
    land(home, "chat_api/conversations-00000001.json", {"conversations": [whole]})
    load(home.folder)
    collected = current(home.folder, "interaction")

    assert set(received) == {f"chat:147|{n}" for n in (1, 2, 3)}
    assert set(collected) == {f"chat:147|{n}" for n in (1, 2, 3, 4)}
    assert [collected[f"chat:147|{n}"]["turn_index"] for n in (1, 2, 3, 4)] == [0, 1, 2, 3]
    told = ("direction", "customer_ref", "agent_ref", "body_text", "started_at", "conversation_ref")
    for key, row in received.items():
        assert {name: row[name] for name in told} == {name: collected[key][name] for name in told}
    assert set(current(home.folder, "contact")) == {"chat:u1"}


def test_a_message_of_slack_that_is_received_and_exported_is_one(home: Any) -> None:
    home.configure(
        team={
            "format": "slack",
            "path": "team/**/*.json*",
            "options": {"customer_channels": "^ext-"},
            "collect": {"kind": "webhook", "api": "slack",
                        "signing_secret": "env:LISTEN_TEST_SLACK",
                        "channels": {"C024BE91L": "ext-acme"}},
        }
    )  # fmt: skip
    message = {"type": "message", "user": "U1", "text": "Hello", "ts": "1772358000.000100",
               "client_msg_id": "m1", "team": "T1"}  # fmt: skip
    event = {**message, "channel": "C024BE91L", "event_ts": message["ts"]}
    body = json.dumps({"type": "event_callback", "event": event}).encode()
    now = str(int(datetime.now(UTC).timestamp()))
    secret = b"8f742231b10e8888abcd99yyyzzz85a5"
    signed = hmac.new(secret, f"v0:{now}:".encode() + body, hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": now, "x-slack-signature": f"v0={signed}"}
    assert home.post("/team", content=body, headers=headers).status_code == 200
    load(home.folder)
    # who wrote is not known yet
    assert current(home.folder, "interaction") == {}

    profile = {"email": "jane@acme.example", "real_name": "Jane"}
    land(home, "team/users.json", [{"id": "U1", "name": "jane", "profile": profile}])
    load(home.folder)
    received = current(home.folder, "interaction")
    land(home, "team/ext-acme/2026-03-01.json", [message])
    load(home.folder)

    assert current(home.folder, "interaction").keys() == received.keys()
    (row,) = current(home.folder, "interaction").values()
    assert (row["direction"], row["from_ref"]) == ("inbound", "email:jane@acme.example")
    assert set(current(home.folder, "contact")) == {"team:U1"}
