from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from ingest.parsed import UnreadableFile

at = datetime.fromisoformat


@pytest.fixture
def page(read, fixtures):
    return read("twilio", fixtures / "twilio" / "page.json")


def by_position(outcome):
    return {row["position"]: row for row in outcome.rows["interaction"]}


def test_a_dialled_leg_is_part_of_its_call(page):
    call = by_position(page)[1]

    assert call["interaction_id"] == call["conversation_ref"] == "CA1"
    assert call["direction"] == "inbound"
    assert call["customer_ref"] == "phone:+493012345678"
    assert call["started_at"] == at("2025-06-02 10:00")
    assert call["answered_at"] == at("2025-06-02 10:01")
    assert (call["duration_s"], call["talk_s"], call["wait_s"]) == (300, 240, 60)
    assert (call["outcome"], call["agent_ref"]) == ("answered", "anna")
    assert (call["cost"], call["currency"]) == (Decimal("0.0140"), "USD")
    assert call["recorded_at"] == at("2025-06-02 10:05:09")
    assert json.loads(call["attributes"])["legs"][0]["to"] == "client:anna"


def test_the_position_of_a_leg_says_that_it_was_merged_into_the_call(page):
    call, leg = (by_position(page)[position] for position in (1, 2))

    assert (leg["interaction_id"], leg["merged_into_ref"]) == ("CA2", call["interaction_id"])
    assert leg["is_deleted"]
    assert leg["recorded_at"] == call["recorded_at"]
    assert (leg["from_ref"], leg["customer_ref"], leg["cost"]) == (None, None, None)


def test_a_leg_of_a_call_elsewhere_stays_on_its_own(page):
    leg = by_position(page)[3]

    assert leg["interaction_id"] == "CA3"
    assert leg["conversation_ref"] == "CA0"
    assert leg["direction"] == "outbound"
    assert leg["customer_ref"] == "phone:+4917012345"
    assert leg["outcome"] == "no_answer"
    assert (leg["talk_s"], leg["cost"], leg["currency"]) == (None, None, None)


def test_a_withheld_number_is_nobody(page):
    call = by_position(page)[4]

    assert call["customer_ref"] is None
    assert call["outcome"] is None
    assert call["started_at"] == at("2025-06-02 11:00")
    assert call["is_bot"] is True
    assert json.loads(call["attributes"])["from"] == "+266696687"


def test_a_recording_is_an_attachment_of_its_call(page):
    recording, _ = page.rows["attachment"]

    assert (recording["attachment_id"], recording["interaction_ref"]) == ("RE1", "CA1")
    assert json.loads(recording["attributes"])["media_url"] == "https://api.example/RE1"


def test_everything_else_is_rejected_with_its_kind(page):
    assert page.reasons() == {5: "missing_date", 8: "not_an_object"}


def test_a_recording_and_its_text_belong_to_the_call(page):
    call, (_, transcription) = by_position(page)[1], page.rows["attachment"]

    assert call["recording_url"] == "https://api.example/RE1"
    assert call["body_text"] is None
    assert (transcription["attachment_id"], transcription["interaction_ref"]) == ("TR1", "CA1")
    assert json.loads(call["attributes"])["recordings"][0]["duration_s"] == 239


@pytest.fixture
def answers(read, tmp_path):
    """Return a reader of objects of the API in one file."""

    def read_answers(*objects, **options):
        path = tmp_path / "answers.json"
        path.write_text(json.dumps(objects))
        return read("twilio", path, **options)

    return read_answers


CALL = {"sid": "CA1", "from": "+493012345678", "to": "+498001111", "direction": "inbound",
        "status": "completed", "start_time": "2025-06-02T10:00:00Z", "duration": "100"}  # fmt: skip
LEG = {"parent_call_sid": "CA1", "from": "+493012345678", "direction": "outbound-dial",
       "status": "no-answer", "start_time": "2025-06-02T10:00:10Z", "duration": "0"}  # fmt: skip
ANSWERED = {**LEG, "status": "completed", "end_time": "2025-06-02T10:01:40Z", "duration": "70"}


def test_one_page_in_any_order_gives_one_call_answered_by_the_leg_that_was(answers):
    legs = [
        {**LEG, "sid": "CA2", "to": "client:ben"},
        {**ANSWERED, "sid": "CA3", "to": "client:anna"},
    ]

    for objects in ([CALL, *legs], [*reversed(legs), CALL]):
        rows = answers(*objects).rows["interaction"]
        (call,) = (row for row in rows if not row["is_deleted"])
        assert call["interaction_id"] == "CA1"
        assert {row["merged_into_ref"] for row in rows if row is not call} == {"CA1"}
        assert (call["agent_ref"], call["outcome"]) == ("anna", "answered")
        assert call["answered_at"] == at("2025-06-02 10:00:30")
        assert (call["talk_s"], call["wait_s"], call["duration_s"]) == (70, 30, 100)


def test_a_call_that_no_leg_answered_was_not_answered(answers):
    legs = [{**LEG, "sid": f"CA{n}", "to": f"client:{n}"} for n in (2, 3)]

    call = answers(CALL, *legs).rows["interaction"][0]

    assert (call["outcome"], call["disposition"]) == ("no_answer", "completed")
    assert (call["talk_s"], call["wait_s"], call["agent_ref"]) == (0, 100, None)


def test_a_call_from_our_client_is_outbound_to_whom_it_dialled(answers):
    call = {**CALL, "from": "client:anna", "to": "AP1"}
    leg = {**ANSWERED, "sid": "CA2", "from": "+498001111", "to": "+4917012345"}

    row = answers(call, leg).rows["interaction"][0]

    assert (row["direction"], row["agent_ref"]) == ("outbound", "anna")
    assert row["customer_ref"] == "phone:+4917012345"


def test_clients_among_themselves_are_internal(answers):
    call = {**CALL, "from": "client:anna", "to": "AP1"}

    row = answers(call, {**ANSWERED, "sid": "CA2", "to": "client:ben"}).rows["interaction"][0]

    assert (row["direction"], row["customer_ref"], row["agent_ref"]) == ("internal", None, "anna")


def test_a_colleague_with_a_number_is_known_by_the_option_agents(answers):
    leg = {**ANSWERED, "sid": "CA2", "to": "+4930555"}

    row = answers(CALL, leg, agents={"+4930555": "814"}).rows["interaction"][0]

    assert row["agent_ref"] == "814"


@pytest.mark.parametrize(
    ("direction", "ours", "customer"),
    [("trunking-originating", "to", "from"), ("trunking-terminating", "from", "to")],
)
def test_a_call_over_a_trunk_is_seen_from_our_exchange(answers, direction, ours, customer):
    call = {**CALL, "direction": direction, ours: "+4930555", customer: "+493012345678"}

    row = answers(call, agents={"+4930555": "814"}).rows["interaction"][0]

    assert row["direction"] == ("inbound" if ours == "to" else "outbound")
    assert (row["customer_ref"], row["agent_ref"]) == ("phone:+493012345678", "814")


def test_a_lone_leg_to_a_client_is_the_customers_call(answers):
    row = answers({**ANSWERED, "sid": "CA2", "to": "client:anna"}).rows["interaction"][0]

    assert (row["direction"], row["agent_ref"]) == ("inbound", "anna")
    assert row["customer_ref"] == "phone:+493012345678"
    assert (row["interaction_id"], row["conversation_ref"]) == ("CA2", "CA1")


def test_what_was_said_is_the_text_of_the_call(answers):
    recordings = [
        {"sid": f"RE{n}", "call_sid": sid, "uri": f"/2010-04-01/Recordings/RE{n}.json",
         "start_time": f"2025-06-02T10:0{n}:00Z", "status": status}
        for n, sid, status in ((1, "CA1", "deleted"), (2, "CA2", "completed"))
    ]  # fmt: skip
    texts = [
        {"sid": f"TR{n}", "recording_sid": f"RE{n}", "transcription_text": f"text {n}",
         "date_updated": f"2025-06-02T11:0{n}:00Z"}
        for n in (2, 1)
    ]  # fmt: skip
    leg = {**ANSWERED, "sid": "CA2", "to": "client:anna"}

    outcome = answers(*texts, CALL, *recordings, leg)
    call = outcome.rows["interaction"][0]

    assert call["body_text"] == "text 1\ntext 2"
    assert call["recording_url"] == "https://api.twilio.com/2010-04-01/Recordings/RE2"
    assert call["recorded_at"] == at("2025-06-02 11:02")
    assert {row["interaction_ref"] for row in outcome.rows["attachment"]} == {"CA1"}


def test_a_transcription_without_its_recording_says_so(answers):
    outcome = answers({"sid": "TR1", "recording_sid": "RE1", "transcription_text": "hello"})

    assert outcome.rejected[0]["reason"] == (
        "a transcription (TR1) of recording RE1, which is not in the file"
    )


def test_of_two_answers_about_a_leg_the_later_counts(answers):
    ringing = {**LEG, "sid": "CA2", "to": "client:anna", "status": "ringing"}
    later = {**ANSWERED, "sid": "CA2", "to": "client:anna", "date_updated": "2025-06-02T10:02:00Z"}

    for legs in ([ringing, later], [later, ringing]):
        assert answers(CALL, *legs).rows["interaction"][0]["outcome"] == "answered"


def test_legs_that_name_each_other_as_parents_are_not_lost(read, tmp_path):
    call = {"from": "+493012345678", "to": "+1", "start_time": "2025-06-02T10:01:00Z"}
    ring = [
        {**call, "sid": "CA1", "parent_call_sid": "CA2"},
        {**call, "sid": "CA2", "parent_call_sid": "CA1"},
        {**call, "sid": "CA3", "parent_call_sid": "CA3"},
    ]
    (tmp_path / "ring.json").write_text(json.dumps(ring))

    outcome = read("twilio", tmp_path / "ring.json")

    assert [row["interaction_id"] for row in outcome.rows["interaction"]] == ["CA1", "CA2", "CA3"]


@pytest.mark.parametrize("shape", ["one", "list", "lines", "page"])
def test_every_shape_of_file_gives_the_same_call(read, tmp_path, shape):
    call = {"sid": "CA1", "from": "+493012345678", "to": "+1", "direction": "inbound",
            "start_time": "2025-06-02T10:01:00Z"}  # fmt: skip
    text = json.dumps(call)
    shapes = {
        "one": text,
        "list": f"[{text}]",
        "lines": f"{text}\n",
        "page": f'{{"calls":[{text}]}}',
    }
    path = tmp_path / ("c.jsonl" if shape == "lines" else "c.json")
    path.write_text(shapes[shape])

    (row,) = read("twilio", path).rows["interaction"]

    assert row["interaction_id"] == "CA1"


@pytest.mark.real_data
def test_the_whole_folder_of_answers_loads_or_says_why(read, real_data):
    rows = {"interaction": 0, "attachment": 0}
    reasons, unreadable, records = [], [], 0
    for path in sorted((real_data / "phone_twilio_api").iterdir()):
        try:
            outcome = read("twilio", path)
        except UnreadableFile as refusal:
            unreadable.append(str(refusal))
            continue
        records += outcome.read
        reasons += outcome.reasons().values()
        for entity in rows:
            rows[entity] += len(outcome.rows.get(entity, []))

    assert records == 42
    assert rows == {"interaction": 11, "attachment": 13}
    assert reasons == ["not_a_call"] * 18
    assert unreadable == ["LICENSE is not JSON: Expecting value: line 1 column 1 (char 0)"]


@pytest.mark.real_data
def test_a_real_page_of_calls(read, real_data):
    path = real_data / "phone_twilio_api" / "api_v2010__ListCall__200__readFullPage1.json"

    first, second = read("twilio", path).rows["interaction"]

    assert (first["direction"], second["direction"]) == ("outbound", "inbound")
    assert first["cost"] == Decimal("0.2000")
    assert second["currency"] == "JPY"
    assert second["customer_ref"] == "phone:+13051416798"


def test_a_call_over_whatsapp_is_its_numbers(answers):
    called = answers(CALL | {"from": "whatsapp:+4917012345678", "to": "whatsapp:+498001111"})
    placed = answers(
        CALL | {"from": "client:anna", "to": "whatsapp:+4917012345678", "direction": "outbound-api"}
    )

    (inbound,), (outbound,) = called.rows["interaction"], placed.rows["interaction"]
    assert inbound["customer_ref"] == inbound["from_ref"] == "phone:+4917012345678"
    assert (outbound["direction"], outbound["customer_ref"]) == ("outbound", inbound["from_ref"])


def test_a_withheld_number_with_a_country_is_nobody_either(answers):
    (call,) = answers(CALL | {"from": "+17378742833"}).rows["interaction"]

    assert (call["direction"], call["from_ref"], call["customer_ref"]) == ("inbound", None, None)


def test_a_refusal_without_a_number_is_not_lost(answers):
    said = {"sid": "SM1", "opt_out_type": "STOP", "date_created": "2026-03-01T10:00:00Z"}

    assert answers(said | {"from": "anonymous"}).reasons() == {1: "missing_sender"}


# as in the reference of the Message resource
MESSAGE = {
    "sid": "SM1", "account_sid": "AC1", "messaging_service_sid": None, "body": "Hello",
    "from": "+4917012345678", "to": "+4930555", "direction": "inbound", "status": "received",
    "num_segments": "1", "num_media": "0", "error_code": None, "error_message": None,
    "price": "-0.00750", "price_unit": "USD", "api_version": "2010-04-01",
    "date_created": "Mon, 02 Jun 2025 10:00:00 +0000", "date_sent": None,
    "date_updated": "Mon, 02 Jun 2025 10:00:01 +0000",
}  # fmt: skip
ANSWER = MESSAGE | {
    "sid": "SM2", "body": "Hi", "from": "+4930555", "to": "+4917012345678", "status": "delivered",
    "direction": "outbound-api", "date_sent": "Mon, 02 Jun 2025 10:05:00 +0000",
}  # fmt: skip


def test_an_sms_and_its_answer_are_one_conversation(answers):
    outcome = answers(MESSAGE, ANSWER)
    question, answer = outcome.rows["interaction"]

    assert (question["channel"], question["direction"]) == ("sms", "inbound")
    assert (question["body_text"], question["started_at"]) == ("Hello", at("2025-06-02 10:00"))
    assert question["from_ref"] == question["customer_ref"] == "phone:+4917012345678"
    assert (question["cost"], question["currency"]) == (Decimal("0.0075"), "USD")
    assert question["recorded_at"] == at("2025-06-02 10:00:01")
    assert answer["conversation_ref"] == question["conversation_ref"]
    assert "4917012345678" not in answer["conversation_ref"]
    assert (answer["direction"], answer["outcome"]) == ("outbound", "delivered")
    assert answer["to_refs"] == ["phone:+4917012345678"] == [answer["customer_ref"]]
    assert answer["started_at"] == at("2025-06-02 10:05")
    assert "consent" not in outcome.rows


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"status": "scheduled"}, {"direction": "internal", "interaction_type": "draft"}),
        ({"status": "canceled"}, {"direction": "internal", "outcome": None}),
        ({"status": "undelivered"}, {"direction": "outbound", "outcome": "failed"}),
        ({"status": "sent"}, {"direction": "outbound", "outcome": None}),
        ({"direction": "outbound-reply"}, {"direction": "outbound", "is_automated": True}),
        ({"body": ""}, {"body_text": None, "is_redacted": True}),
        ({"body": "", "num_media": "2"}, {"is_redacted": None, "attachment_count": 2}),
        ({"to": "whatsapp:+4917012345678"}, {"channel": "chat"}),
        ({"to": "messenger:123"}, {"channel": "social", "customer_ref": None, "to_refs": []}),
        ({"to": "rcs:+4917012345678"}, {"channel": "sms", "customer_ref": "phone:+4917012345678"}),
        ({"price": None}, {"cost": None, "currency": None}),
    ],
)
def test_a_message_says_what_became_of_it(answers, changes, expected):
    (row,) = answers(ANSWER | changes).rows["interaction"]

    assert {name: row[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("message", "refuses"),
    [
        (MESSAGE | {"body": " stop "}, True),
        (MESSAGE | {"body": "stop it"}, False),
        (MESSAGE | {"body": "STOP", "from": "whatsapp:+4917012345678"}, False),
        (ANSWER | {"body": "STOP"}, False),
        (ANSWER | {"status": "failed", "error_code": 21610}, True),
        (ANSWER | {"status": "failed", "error_code": 30003}, False),
    ],
)
def test_who_stops_messages_refuses_them(answers, message, refuses):
    outcome = answers(message)
    rows = outcome.rows.get("consent", [])

    (said,) = outcome.rows["interaction"]
    # what was sent in vain was a message all the same
    is_word = refuses and said["direction"] == "inbound"
    assert said["interaction_type"] == ("opt_out" if is_word else "message")
    assert {row["purpose"] for row in rows} == (
        {"marketing", "sales", "service"} if refuses else set()
    )
    assert {row["person_ref"] for row in rows} <= {"phone:+4917012345678"}


def test_a_page_of_messages_is_read(read, tmp_path):
    path = tmp_path / "page.json"
    path.write_text(json.dumps({"messages": [MESSAGE, {"sid": "SM3", "direction": "inbound"}]}))

    outcome = read("twilio", path)

    assert len(outcome.rows["interaction"]) == 1
    assert outcome.reasons() == {2: "missing_date"}
