from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ingest.loading.load_source import load_source
from ingest.parsed import UnreadableFile
from ingest.source import Company, Source

at = datetime.fromisoformat

OFFLINE = {
    "id": "123",
    "visitor": {"id": "1.12345", "phone": "", "notes": "", "email": "john@example.com",
                "name": "John"},
    "type": "offline_msg",
    "message": "Hi there!",
    "started_by": "visitor",
    "session": {"city": "Orlando", "ip": "67.23.229.96", "platform": "Mac OS"},
    "timestamp": "2014-10-09T05:28:35Z",
    "department_id": 1,
    "department_name": "Billing Department",
    "unread": False,
    "webpath": [],
    "zendesk_ticket_id": 83,
}  # fmt: skip
CHAT = {
    "id": "1405.1234",
    "type": "chat",
    "visitor": {"id": "4.abc", "name": "Visitor 77983", "email": "", "phone": "", "notes": "vip"},
    "started_by": "visitor",
    "timestamp": "2014-10-09T05:46:47Z",
    "end_timestamp": "2014-10-09T05:50:00Z",
    "update_timestamp": "2014-10-09T06:00:00Z",
    "duration": 193,
    "missed": False,
    "agent_ids": ["3"],
    "agent_names": ["Agent Ann"],
    "department_name": "Sales",
    "rating": "good",
    "comment": "Quick!",
    "tags": ["lamp"],
    "zendesk_ticket_id": None,
    "engagements": [{"id": "e1", "agent_id": "3", "agent_full_name": "Ann Berg", "rating": "good"}],
    "history": [
        {"type": "chat.memberjoin", "timestamp": "2014-10-09T05:46:47Z", "name": "Visitor 77983",
         "nick": "visitor:1", "channel": "#c"},
        {"type": "chat.msg", "timestamp": "2014-10-09T05:46:50Z", "name": "Visitor 77983",
         "msg": "Hello?", "msg_id": "m1", "sender_type": "Visitor"},
        {"type": "chat.msg", "timestamp": "2014-10-09T05:46:51Z", "name": "Trigger",
         "msg": "Please wait", "msg_id": "m2", "sender_type": "Trigger"},
        {"type": "chat.msg", "timestamp": "2014-10-09T05:47:00Z", "name": "Ann Berg",
         "msg": "Hi", "msg_id": "m3", "sender_type": "Agent", "agent_id": "3"},
        {"type": "chat.file", "timestamp": "2014-10-09T05:48:00Z", "nick": "visitor:1",
         "attachment": {"name": "a.png", "mime_type": "image/png", "size": 5, "url": "https://x"}},
        {"type": "chat.request.rating", "timestamp": "2014-10-09T05:49:00Z"},
        {"type": "chat.rating", "timestamp": "2014-10-09T05:49:30Z", "new_rating": "good"},
    ],
}  # fmt: skip


@pytest.fixture
def parsed(read, tmp_path):
    def parse(content, name="chats.json"):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read("zendesk_chat", path)

    return parse


def test_each_message_of_a_chat_is_an_interaction(parsed):
    rows = parsed({"chats": [CHAT], "count": 1}).rows["interaction"]

    assert [row["interaction_id"] for row in rows] == [
        "1405.1234|m1", "1405.1234|m2", "1405.1234|m3", "1405.1234|4",
    ]  # fmt: skip
    assert [row["direction"] for row in rows] == ["inbound", "outbound", "outbound", "inbound"]
    assert [row["turn_index"] for row in rows] == [0, 1, 2, 3]
    assert [row["is_automated"] for row in rows] == [False, True, False, False]
    assert rows[0]["started_at"] == at("2014-10-09 05:46:50")
    assert rows[0]["customer_ref"] == "contact:4.abc"
    assert rows[1]["agent_ref"] is None
    assert (rows[2]["agent_ref"], rows[2]["to_refs"]) == ("3", ["contact:4.abc"])
    assert (rows[2]["queue"], rows[2]["recorded_at"]) == ("Sales", at("2014-10-09 06:00"))


def test_what_the_chat_came_to_stays_with_its_first_message(parsed):
    first, second, *_ = parsed([CHAT]).rows["interaction"]
    kept = json.loads(first["attributes"])

    assert (kept["chat"]["duration"], kept["chat"]["tags"]) == (193, ["lamp"])
    assert [event["type"] for event in kept["events"]] == [
        "chat.memberjoin", "chat.request.rating", "chat.rating",
    ]  # fmt: skip
    assert "chat" not in json.loads(second["attributes"])


def test_a_file_is_an_attachment(parsed):
    (attachment,) = parsed([CHAT]).rows["attachment"]

    assert attachment["interaction_ref"] == "1405.1234|4"
    assert (attachment["file_name"], attachment["mime_type"], attachment["size_bytes"]) == (
        "a.png", "image/png", 5,
    )  # fmt: skip


def test_a_rating_is_a_survey_response(parsed):
    (rating,) = parsed([CHAT]).rows["survey_response"]

    assert (rating["score"], rating["scale_min"], rating["scale_max"]) == (1, 0, 1)
    assert (rating["comment"], rating["agent_ref"]) == ("Quick!", "3")
    assert rating["sent_at"] == at("2014-10-09 05:49:00")
    assert rating["responded_at"] == at("2014-10-09 05:49:30")


def test_a_rating_that_was_only_asked_for_has_no_score(parsed):
    (rating,) = parsed([{**CHAT, "rating": None}]).rows["survey_response"]

    assert (rating["score"], rating["responded_at"]) == (None, None)


def test_nobody_asked_and_nobody_rated_gives_no_response(parsed):
    assert "survey_response" not in parsed([{**CHAT, "rating": None, "history": []}]).rows


def test_an_offline_message_is_a_message_of_the_visitor(parsed):
    outcome = parsed([OFFLINE])

    (message,) = outcome.rows["interaction"]
    assert (message["direction"], message["body_text"]) == ("inbound", "Hi there!")
    assert (message["ticket_ref"], message["disposition"]) == ("83", "offline_msg")
    assert message["customer_ref"] == "email:john@example.com"
    (contact,) = outcome.rows["contact"]
    assert (contact["contact_id"], contact["first_name"]) == ("1.12345", "John")


def test_a_missed_chat_was_not_answered(parsed):
    missed = {**CHAT, "missed": True, "history": CHAT["history"][:2]}
    (message,) = parsed([missed]).rows["interaction"]

    assert (message["outcome"], message["disposition"]) == ("no_answer", "missed")
    assert message["direction"] == "inbound"


def test_a_missed_chat_without_a_word_is_a_note_of_the_attempt(parsed):
    missed = {**CHAT, "missed": True, "history": [], "rating": None}
    (note,) = parsed([missed]).rows["interaction"]

    assert (note["interaction_id"], note["interaction_type"]) == ("1405.1234|chat", "note")
    assert (note["outcome"], note["direction"]) == ("no_answer", "inbound")


def test_a_visitor_without_a_name_gets_none(parsed):
    (contact,) = parsed([CHAT]).rows["contact"]

    assert (contact["first_name"], contact["last_name"]) == (None, None)


def test_agents_are_named_by_engagements(parsed):
    (agent,) = parsed([CHAT]).rows["agent"]

    assert (agent["agent_id"], agent["name"]) == ("3", "Ann Berg")


def test_what_is_no_chat_is_rejected_with_a_reason(parsed):
    anonymous = {**CHAT, "history": [{"type": "chat.msg", "msg": "?", "name": "X"}]}
    outcome = parsed([{"id": "1712.4987"}, {"type": "chat"}, 7, anonymous])

    assert outcome.reasons() == {
        1: "missing_date", 2: "missing_id", 3: "not_an_object", 4: "unknown_sender",
    }  # fmt: skip
    assert "fields=chats(*)" in outcome.rejected[0]["reason"]


def test_one_chat_a_line_gives_the_same(parsed):
    lines = "\n".join(json.dumps(chat) for chat in (CHAT, OFFLINE))

    assert parsed(lines, "chats.jsonl").rows == parsed({"chats": [CHAT, OFFLINE]}).rows


def test_the_loader_takes_every_row(warehouse, landing, put):
    put("chats.json", json.dumps({"chats": [CHAT, OFFLINE]}))
    source = Source(name="chat", format="zendesk_chat", path="*.json", namespace="zc",
                    namespaces={"ticket": "zd"}, company=Company())  # fmt: skip
    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    assert warehouse.execute(
        "select ticket_ref, customer_ref from raw.interaction where ticket_ref is not null"
    ).fetchall() == [("zd:83", "email:john@example.com")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["chat.msg", "Agent", "visitor:1", "good", "2014-10-09T05:46:47Z"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*CHAT, *CHAT["history"][4], "sender_type"]), inner),
    max_leaves=8,
)  # fmt: skip


@settings(
    max_examples=30, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(st.lists(st.dictionaries(st.sampled_from(sorted(CHAT)), VALUES), max_size=4))
def test_whatever_a_chat_holds_each_record_comes_out(read, tmp_path, changes):
    (tmp_path / "c.json").write_text(json.dumps({"chats": [{**CHAT, **one} for one in changes]}))

    with suppress(UnreadableFile):
        read("zendesk_chat", tmp_path / "c.json")
