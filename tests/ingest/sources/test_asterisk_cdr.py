from __future__ import annotations

import json
from datetime import datetime

import pytest

from ingest.parsed import UnreadableFile

at = datetime.fromisoformat


@pytest.fixture
def calls(read, fixtures):
    return read("asterisk_cdr", fixtures / "asterisk_cdr" / "csv.csv", internal=r"^\d{2,3}$")


def by_line(outcome):
    return {row["position"]: row for row in outcome.rows["interaction"]}


def test_a_queue_call_belongs_to_the_agent_who_answered(calls):
    call = by_line(calls)[1]

    assert call["interaction_id"] == "1761438600.1"
    assert (call["channel"], call["interaction_type"]) == ("phone", "call")
    assert call["direction"] == "inbound"
    assert call["customer_ref"] == call["from_ref"] == "phone:004930111222"
    assert call["agent_ref"] == "101"
    assert call["queue"] == "support"
    assert (call["duration_s"], call["talk_s"], call["wait_s"]) == (80, 60, 20)
    assert call["outcome"] == "answered"
    assert json.loads(call["attributes"])["caller_name"] == "Jane O'Neil, Lamps"


def test_the_hour_that_occurs_twice_is_the_first(calls):
    assert by_line(calls)[1]["started_at"] == at("2025-10-26 00:30")


def test_a_time_that_does_not_exist_moves_on_by_the_gap(calls):
    assert by_line(calls)[2]["started_at"] == at("2025-03-30 01:30")


def test_a_server_that_writes_utc_is_read_as_utc(read, fixtures):
    calls = read("asterisk_cdr", fixtures / "asterisk_cdr" / "csv.csv", gmtime=True)

    assert by_line(calls)[1]["started_at"] == at("2025-10-26 02:30")


def test_an_unanswered_call_has_no_answer_and_waited_all_along(calls):
    call = by_line(calls)[2]

    assert call["direction"] == "outbound"
    assert call["customer_ref"] == "phone:03012345678"
    assert call["to_refs"] == ["phone:03012345678"]
    assert call["agent_ref"] == "101"
    assert call["answered_at"] is None
    assert (call["outcome"], call["disposition"]) == ("no_answer", "NO ANSWER")
    assert (call["talk_s"], call["wait_s"]) == (0, 25)
    assert json.loads(call["attributes"])["userfield"] == "vip"


def test_calls_between_extensions_are_internal(calls):
    call = by_line(calls)[3]

    assert call["direction"] == "internal"
    assert call["customer_ref"] is None
    assert call["to_refs"] == []
    assert call["agent_ref"] == "101"


def test_a_call_without_unique_id_has_the_same_id_in_every_file(calls, read, fixtures, tmp_path):
    lines = (fixtures / "asterisk_cdr" / "csv.csv").read_text().splitlines()
    (tmp_path / "other.csv").write_text(lines[2] + "\n")

    (again,) = read("asterisk_cdr", tmp_path / "other.csv").rows["interaction"]

    assert len(again["interaction_id"]) == 32
    assert again["interaction_id"] == by_line(calls)[3]["interaction_id"]


def test_an_extension_that_shows_the_company_number_calls_out(calls):
    call = by_line(calls)[4]

    assert call["direction"] == "outbound"
    assert call["customer_ref"] == "phone:01701234567"
    assert call["agent_ref"] == "101"
    assert call["outcome"] == "busy"


def test_a_withheld_number_is_an_inbound_call_of_nobody(calls):
    call = by_line(calls)[5]

    assert call["direction"] == "inbound"
    assert call["customer_ref"] is None
    assert call["outcome"] == "failed"


def test_lines_that_cannot_be_a_call_are_rejected_by_number(calls):
    assert calls.reasons() == {
        6: "malformed_line",
        7: "wrong_number_of_fields",
        8: "missing_date",
    }
    assert {r["reason"] for r in calls.rejected} >= {
        "line has 4 fields instead of 18",
        "start is no time: 'soon'",
    }


def test_the_order_of_cdr_custom(read, fixtures):
    path = fixtures / "asterisk_cdr" / "custom.csv"

    (call,) = read("asterisk_cdr", path, columns="custom").rows["interaction"]

    assert call["direction"] == "inbound"
    assert call["customer_ref"] == "phone:03099887766"
    assert call["interaction_id"] == "1748764800.7"
    assert json.loads(call["attributes"])["sequence"] == "2"


def test_an_order_of_ones_own(read, tmp_path):
    (tmp_path / "c.csv").write_text("2025-06-01 10:00:00,101,03012345678,5,3,ANSWERED,x,L1\n")
    columns = ["start", "src", "dst", "duration", "billsec", "disposition", "ignore", "linkedid"]

    (call,) = read("asterisk_cdr", tmp_path / "c.csv", columns=columns).rows["interaction"]

    assert call["started_at"] == at("2025-06-01 08:00")
    assert call["conversation_ref"] == "L1"
    assert call["talk_s"] == 3


@pytest.mark.parametrize(
    ("columns", "complaint"),
    [("cvs", "write csv, custom or a list"), (["start", "nonsense"], "unknown nonsense")],
)
def test_a_wrong_order_is_named_with_the_remedy(read, fixtures, columns, complaint):
    with pytest.raises(UnreadableFile, match=complaint):
        read("asterisk_cdr", fixtures / "asterisk_cdr" / "csv.csv", columns=columns)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("file", "columns", "count", "directions"),
    [
        ("cdr_csv_Master_doc_examples.csv", "csv", 11, ["inbound", "internal", "outbound"]),
        ("cdr_custom_Master_KelySaina.csv", "custom", 14, ["internal"]),
    ],
)
def test_real_records_of_both_orders(read, real_data, file, columns, count, directions):
    path = real_data / "phone_asterisk_cdr" / file

    outcome = read("asterisk_cdr", path, columns=columns, internal=r"^(\d{1,4}|client\d)$")

    assert outcome.rejected == []
    assert outcome.read == len(outcome.rows["interaction"]) == count
    assert sorted({row["direction"] for row in outcome.rows["interaction"]}) == directions
    for row in outcome.rows["interaction"]:
        assert row["talk_s"] <= row["duration_s"]
        assert (row["outcome"] == "answered") == (row["answered_at"] is not None)
