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
    assert (call["duration_s"], call["talk_s"], call["wait_s"]) == (300, 240, 1.5)
    assert (call["cost"], call["currency"]) == (Decimal("0.0140"), "USD")
    assert call["recorded_at"] == at("2025-06-02 10:05:09")
    assert json.loads(call["attributes"])["legs"][0]["to"] == "client:anna"


def test_the_position_of_a_leg_repeats_the_call(page):
    call, leg = (dict(by_position(page)[position]) for position in (1, 2))

    del call["position"], leg["position"]
    assert call == leg


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
    (recording,) = page.rows["attachment"]

    assert (recording["attachment_id"], recording["interaction_ref"]) == ("RE1", "CA1")
    assert json.loads(recording["attributes"])["media_url"] == "https://api.example/RE1"


def test_everything_else_is_rejected_with_its_kind(page):
    assert page.reasons() == {5: "missing_date", 7: "not_a_call", 8: "not_an_object"}
    assert page.rejected[1]["reason"] == "a transcription (TR1) is no call"


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
