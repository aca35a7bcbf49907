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

CH, MB, IM, ME = ("CH" + "a" * 32, "MB" + "a" * 32, "IM" + "a" * 32, "ME" + "a" * 32)

# answers as in the reference of the Conversations API
CONVERSATION = {
    "sid": CH, "account_sid": "AC" + "a" * 32, "chat_service_sid": "IS" + "a" * 32,
    "messaging_service_sid": "MG" + "a" * 32, "friendly_name": "Friendly Conversation",
    "unique_name": "unique_name", "attributes": '{ "topic": "feedback" }', "state": "inactive",
    "date_created": "2015-12-16T22:18:37Z", "date_updated": "2015-12-16T22:18:38Z",
    "timers": {"date_inactive": "2015-12-16T22:19:38Z"}, "bindings": {}, "links": {},
}  # fmt: skip
PARTICIPANT = {
    "account_sid": "AC" + "a" * 32, "conversation_sid": CH, "sid": MB, "identity": None,
    "attributes": '{ "role": "driver" }',
    "messaging_binding": {"type": "sms", "address": "+15558675310",
                          "proxy_address": "+15017122661"},
    "role_sid": "RL" + "a" * 32, "date_created": "2015-12-16T22:18:37Z",
    "date_updated": "2015-12-16T22:18:38Z",
}  # fmt: skip
MESSAGE = {
    "sid": IM, "account_sid": "AC" + "a" * 32, "conversation_sid": CH, "body": "Hello",
    "media": [{"sid": ME, "size": 42056, "content_type": "image/jpeg", "filename": "car.jpg",
               "category": "media"}],
    "author": "message author", "participant_sid": MB, "attributes": '{ "importance": "high" }',
    "date_created": "2015-12-16T22:18:37Z", "date_updated": "2015-12-16T22:18:38Z", "index": 0,
    "delivery": {"total": 2, "sent": "all", "delivered": "some", "read": "some",
                 "failed": "none", "undelivered": "none"},
}  # fmt: skip


@pytest.fixture
def parsed(read, tmp_path):
    def parse(content, name="export.json", **options):
        path = tmp_path / name
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return read("twilio_conversations", path, **options)

    return parse


def said(author, **given):
    return {**MESSAGE, "author": author, **given}


def test_a_message_from_a_number_is_the_customers(parsed):
    page = {"meta": {"page": 0, "key": "messages"}, "messages": [said("+15558675310")]}
    (message,) = parsed(page).rows["interaction"]

    assert (message["interaction_id"], message["conversation_ref"]) == (IM, CH)
    assert (message["direction"], message["channel"]) == ("inbound", "sms")
    assert message["from_ref"] == message["customer_ref"] == "phone:+15558675310"
    assert (message["body_text"], message["turn_index"]) == ("Hello", 0)
    assert message["started_at"] == at("2015-12-16 22:18:37")
    assert message["recorded_at"] == at("2015-12-16 22:18:38")


def test_whatsapp_is_a_chat_with_a_number(parsed):
    (message,) = parsed([said("whatsapp:+4917012345678")]).rows["interaction"]

    assert message["customer_ref"] == "phone:+4917012345678"
    assert (message["channel"], message["sub_channel"]) == ("chat", "whatsapp")


def test_an_answer_goes_to_the_only_customer_of_its_conversation(parsed):
    dump = {"conversations": [CONVERSATION], "participants": [PARTICIPANT],
            "messages": [said("ann", delivery={"delivered": "all"})]}  # fmt: skip
    outcome = parsed(dump, agents=["ann"])

    assert outcome.read == 3
    note, answer = outcome.rows["interaction"]
    assert (answer["direction"], answer["agent_ref"]) == ("outbound", "ann")
    assert answer["to_refs"] == ["phone:+15558675310"]
    assert (answer["channel"], answer["outcome"]) == ("sms", "delivered")
    assert (note["interaction_type"], note["direction"]) == ("note", "internal")
    assert (note["disposition"], note["subject"]) == ("inactive", "Friendly Conversation")


def test_with_two_customers_nobody_knows_whom_an_answer_is_for(parsed):
    other = {**PARTICIPANT, "sid": "MB2", "messaging_binding": {"address": "+15558675311"}}
    outcome = parsed(
        {"participants": [PARTICIPANT, other], "messages": [said("ann")]}, agents="ann"
    )

    assert outcome.rows["interaction"][0]["customer_ref"] is None


def test_the_number_that_twilio_sends_from_is_ours(parsed):
    dump = {"participants": [PARTICIPANT], "messages": [said("+15017122661")]}

    assert parsed(dump).rows["interaction"][0]["direction"] == "outbound"


def test_an_identity_with_a_projected_number_is_ours(parsed):
    agent = {**PARTICIPANT, "identity": "realEstateAgent",
             "messaging_binding": {"type": "sms", "projected_address": "+15017122662"}}  # fmt: skip
    outcome = parsed({"participants": [agent], "messages": [said("realEstateAgent")]})

    assert outcome.rows["interaction"][0]["agent_ref"] == "realEstateAgent"
    assert outcome.rows["agent"][0]["agent_id"] == "realEstateAgent"


def test_an_identity_is_on_no_side_until_the_source_names_the_agents(parsed):
    outcome = parsed([said("ann"), {**PARTICIPANT, "identity": "ann", "messaging_binding": None}])

    assert outcome.reasons() == {1: "unknown_side", 2: "unknown_side"}
    assert "options.agents" in outcome.rejected[0]["reason"]


def test_who_is_no_agent_is_a_customer(parsed):
    visitor = {**PARTICIPANT, "identity": "visitor-7", "messaging_binding": None}
    outcome = parsed([said("agent-1"), said("visitor-7", sid="IM2"), visitor], agents=["agent-*"])

    ours, theirs = outcome.rows["interaction"]
    assert (ours["direction"], theirs["direction"]) == ("outbound", "inbound")
    assert theirs["customer_ref"] == ours["customer_ref"] == "user_id:visitor-7"
    assert outcome.rows["contact"][0]["user_id"] == "user_id:visitor-7"


def test_the_system_is_a_machine_on_our_side(parsed):
    (message,) = parsed([said("system")]).rows["interaction"]

    assert (message["direction"], message["is_automated"]) == ("outbound", True)


def test_media_are_attachments(parsed):
    outcome = parsed([said("+15558675310")])

    assert outcome.rows["interaction"][0]["attachment_count"] == 1
    (attachment,) = outcome.rows["attachment"]
    assert (attachment["attachment_id"], attachment["interaction_ref"]) == (ME, IM)
    assert (attachment["file_name"], attachment["size_bytes"]) == ("car.jpg", 42056)


def test_a_number_is_one_contact_in_all_of_its_conversations(parsed):
    other = {**PARTICIPANT, "sid": "MB2", "conversation_sid": "CH2"}
    rows = parsed([PARTICIPANT, other]).rows["contact"]

    assert {row["contact_id"] for row in rows} == {"+15558675310"}
    assert rows[0]["phone"] == "+15558675310"


def test_what_is_no_part_of_a_conversation_is_rejected(parsed):
    outcome = parsed([
        {"sid": "DY1"}, {}, 5, said("+15558675310", date_created="soon"),
        said("+15558675310", conversation_sid=None), said(None),
        {**PARTICIPANT, "messaging_binding": None}, {**CONVERSATION, "date_created": None},
    ])  # fmt: skip

    assert outcome.reasons() == {
        1: "not_a_conversation", 2: "not_a_conversation", 3: "not_an_object", 4: "missing_date",
        5: "missing_conversation", 6: "missing_author", 7: "missing_id", 8: "missing_date",
    }  # fmt: skip


def test_one_object_a_line_gives_the_same(parsed):
    objects = [PARTICIPANT, said("+15558675310")]
    lines = "\n".join(json.dumps(one) for one in objects)

    assert parsed(lines, "a.jsonl").rows == parsed(objects).rows


def test_a_page_that_is_cut_off_gives_what_stands_before(parsed):
    whole = json.dumps({"messages": [said("+15558675310"), said("+15558675310")]})

    assert parsed(whole[:-40]).reasons() == {2: "malformed_json"}


def test_the_loader_takes_every_row(warehouse, landing, put):
    dump = {"conversations": [CONVERSATION], "participants": [PARTICIPANT],
            "messages": [said("whatsapp:+15558675310"), said("ann", sid="IM2")]}  # fmt: skip
    put("dump.json", json.dumps(dump))
    source = Source(name="talk", format="twilio_conversations", path="*.json", namespace="tw",
                    options={"agents": ["ann"]}, company=Company())  # fmt: skip
    result = load_source(warehouse, source, landing)

    assert (result.status, result.rows_quarantined) == ("loaded", 0)
    assert warehouse.execute(
        "select customer_ref, agent_ref from raw.interaction where source_record_id = 'IM2'"
    ).fetchall() == [("phone:+15558675310", "tw:ann")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5)
    | st.sampled_from(["+15558675310", "whatsapp:+4917012345678", "system", "IM1", "MB1", "CH1"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from([*MESSAGE, *PARTICIPANT, "address"]), inner),
    max_leaves=8,
)  # fmt: skip


@settings(
    max_examples=30, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
@given(
    st.sampled_from([CONVERSATION, PARTICIPANT, MESSAGE]),
    st.lists(
        st.dictionaries(st.sampled_from(sorted({*MESSAGE, *PARTICIPANT})), VALUES), max_size=4
    ),
)
def test_whatever_an_object_holds_each_record_comes_out(read, tmp_path, sample, changes):
    page = {"messages": [{**sample, **one} for one in changes], "participants": [PARTICIPANT]}
    (tmp_path / "t.json").write_text(json.dumps(page))

    with suppress(UnreadableFile):
        read("twilio_conversations", tmp_path / "t.json", agents=["a*"])


@pytest.mark.parametrize("body", ["STOP", " Unsubscribe\n", "revoke"])
def test_a_word_to_stop_with_is_a_refusal_of_all_sms(parsed, body):
    outcome = parsed([said("+15558675310", body=body)])

    (word,) = outcome.rows["interaction"]
    assert (word["body_text"], word["interaction_type"]) == (body.strip(), "opt_out")
    decisions = outcome.rows["consent"]
    assert {row["purpose"] for row in decisions} == {"marketing", "sales", "service"}
    for row in decisions:
        assert (row["person_ref"], row["channel"]) == ("phone:+15558675310", "sms")
        assert (row["status"], row["evidence_ref"]) == ("withdrawn", IM)
        assert row["captured_at"] == at("2015-12-16 22:18:37")


@pytest.mark.parametrize(
    ("author", "body"),
    [
        ("+15558675310", "Stop please"),
        ("+15558675310", "START"),
        ("whatsapp:+15558675310", "STOP"),
        ("ann", "STOP"),
        ("system", "STOP"),
    ],
)
def test_nothing_else_is_a_refusal(parsed, author, body):
    outcome = parsed([said(author, body=body)], agents=["ann"])

    assert "consent" not in outcome.rows
    assert outcome.rows["interaction"][0]["interaction_type"] == "message"


def test_a_refusal_is_loaded(warehouse, landing, put):
    put("a.json", json.dumps([said("+15558675310", body="STOP")]))
    source = Source(name="s", format="twilio_conversations", path="*.json", namespace="twilio")
    load_source(warehouse, source, landing)

    rows = warehouse.sql("select person_ref, purpose, status, channel from raw.consent").fetchall()
    assert sorted(rows) == [
        ("phone:+15558675310", purpose, "withdrawn", "sms")
        for purpose in ("marketing", "sales", "service")
    ]


@pytest.mark.parametrize("options", [{}, {"agents": ["ann"]}])
def test_a_participant_by_mail_is_a_customer_with_address_and_name(parsed, options):
    binding = {"type": "email", "address": "jane@customer.example", "name": "Jane Dyk",
               "level": "to", "projected_address": None}  # fmt: skip
    jane = {**PARTICIPANT, "messaging_binding": binding}
    outcome = parsed(
        {"participants": [jane], "messages": [said("jane@customer.example")]}, **options
    )

    (message,), (contact,) = outcome.rows["interaction"], outcome.rows["contact"]
    assert (message["direction"], message["channel"]) == ("inbound", "email")
    assert message["customer_ref"] == "email:jane@customer.example"
    assert (contact["email"], contact["user_id"]) == ("jane@customer.example", None)
    assert (contact["first_name"], contact["last_name"]) == ("Jane", "Dyk")


def test_a_colleague_by_mail_is_no_customer(parsed):
    binding = {"type": "email", "address": "ann@nordlicht.example"}
    outcome = parsed(
        {"participants": [{**PARTICIPANT, "messaging_binding": binding}],
         "messages": [said("ann@nordlicht.example")]}
    )  # fmt: skip

    assert outcome.rows["interaction"][0]["direction"] == "outbound"
    assert [row["agent_id"] for row in outcome.rows["agent"]] == ["ann@nordlicht.example"]


def test_an_identity_that_looks_like_an_address_stays_an_identity(parsed):
    outcome = parsed([said("ann@nordlicht.example")], agents=["ann@*"])

    assert outcome.rows["interaction"][0]["agent_ref"] == "ann@nordlicht.example"
