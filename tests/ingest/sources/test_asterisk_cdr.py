from __future__ import annotations

import json
from datetime import datetime

import pytest

from ingest.parsed import UnreadableFile
from ingest.source import Source
from ingest.sources.asterisk_cdr import parse

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


@pytest.mark.parametrize(
    ("start", "answer", "end", "lasted", "uniqueid", "expected"),
    [
        # made at 01:10 UTC, when the clock in Berlin shows 02:10 for the second time
        ("02:10:00", "02:10:20", "02:15:00", 300, "1761441000.7", ("01:10", "01:10:20", "01:15")),
        # made at 00:10 UTC, when it shows 02:10 for the first time
        ("02:10:00", "02:10:20", "02:15:00", 300, "1761437400.7", ("00:10", "00:10:20", "00:15")),
        # begins before the clock is set back and ends after
        ("02:50:00", "02:50:10", "02:05:00", 900, "1761439800.7", ("00:50", "00:50:10", "01:05")),
        ("02:50:00", "02:05:00", "02:05:30", 930, "1761439800.7", ("00:50", "01:05", "01:05:30")),
        # seventy minutes long: only what it lasted tells
        ("02:10:00", "02:10:20", "02:20:00", 4200, "1761437400.7", ("00:10", "00:10:20", "01:20")),
        # no id, or one that tells no time
        ("02:10:00", "02:10:20", "02:15:00", 300, "", ("00:10", "00:10:20", "00:15")),
        ("02:10:00", "02:10:20", "02:15:00", 300, "abc", ("00:10", "00:10:20", "00:15")),
        # a clock that was set back by a minute in the middle of a call
        ("01:10:00", "01:10:20", "01:09:30", 30, "1761433830.7",
         ("2025-10-25 23:10", "2025-10-25 23:10:20", "2025-10-25 23:09:30")),
    ],
)  # fmt: skip
def test_what_is_known_of_a_call_tells_the_hours_apart(
    start, answer, end, lasted, uniqueid, expected, read, tmp_path
):
    path = tmp_path / "autumn.csv"
    day = "2025-10-26 "
    path.write_text(
        f'"{day}{start}","{day}{answer}","{day}{end}","03012345678","20",{lasted},60,"ANSWERED",'
        f'"{uniqueid}"\n'
    )
    columns = [
        "start",
        "answer",
        "end",
        "src",
        "dst",
        "duration",
        "billsec",
        "disposition",
        "uniqueid",
    ]

    (call,) = by_line(read("asterisk_cdr", path, columns=columns)).values()

    found = [call[name] for name in ("started_at", "answered_at", "ended_at")]
    assert found == [at(one if "-" in one else day + one) for one in expected]


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


LINKED = [
    "start", "answer", "end", "src", "dst", "dcontext", "channel", "dstchannel", "lastapp",
    "lastdata", "duration", "billsec", "disposition", "uniqueid", "sequence", "linkedid",
]  # fmt: skip


def leg(start, answer, end, dstchannel, billsec, disposition, **changes):
    """Return a record of a call that came in at 10:00 for the queue support."""
    day = "2025-06-01 "
    values = {
        "start": day + start, "answer": day + answer if answer else "", "end": day + end,
        "src": "03012345678", "dst": "20", "dcontext": "ext-queues", "channel": "PJSIP/trunk-01",
        "dstchannel": dstchannel, "lastapp": "Queue", "lastdata": "support,t", "duration": "9",
        "billsec": billsec, "disposition": disposition, "uniqueid": "1.1", "sequence": "1",
        "linkedid": "1.1", **changes,
    }  # fmt: skip
    return ",".join(f'"{values[name]}"' for name in LINKED)


@pytest.fixture
def legs(read, tmp_path):
    """Return a reader of records given as lines."""

    def read_legs(*lines):
        path = tmp_path / "legs.csv"
        path.write_text("\n".join(lines) + "\n")
        return read("asterisk_cdr", path, columns=LINKED, internal=r"^\d{3}$")

    return read_legs


IN_VAIN = leg("10:00:00", "10:00:00", "10:00:15", "PJSIP/101-000a", "0", "NO ANSWER", sequence="1")
AGAIN = leg("10:00:15", "10:00:15", "10:00:30", "PJSIP/102-000b", "0", "NO ANSWER", sequence="2")
SPOKEN = leg("10:00:30", "10:00:40", "10:02:40", "PJSIP/103-000c", "120", "ANSWERED", sequence="3")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_records_of_one_call_are_one_interaction_in_any_order(legs, order):
    lines = [(IN_VAIN, AGAIN, SPOKEN)[place] for place in order]

    rows = legs(*lines, SPOKEN).rows["interaction"]

    assert [row.pop("position") for row in rows] == [1, 2, 3, 4]
    assert rows[0] == rows[1] == rows[2] == rows[3]
    call = rows[0]
    assert call["interaction_id"] == call["conversation_ref"] == "1.1"
    assert (call["agent_ref"], call["queue"], call["outcome"]) == ("103", "support", "answered")
    assert call["answered_at"] == at("2025-06-01 08:00:40")
    assert (call["duration_s"], call["talk_s"], call["wait_s"]) == (160, 120, 40)
    assert call["customer_ref"] == "phone:03012345678"
    told = json.loads(call["attributes"])["legs"]
    assert [one["dstchannel"][6:9] for one in told] == ["101", "102", "103"]


def test_a_queue_that_nobody_answered_is_no_answer_of_nobody(legs):
    hung_up = leg("10:00:30", "10:00:30", "10:00:50", "", "20", "ANSWERED", sequence="3")

    call = legs(IN_VAIN, AGAIN, hung_up).rows["interaction"][0]

    assert (call["outcome"], call["disposition"]) == ("no_answer", "ANSWERED")
    assert (call["talk_s"], call["wait_s"], call["agent_ref"]) == (0, 50, None)
    assert call["answered_at"] is None


def test_a_caller_who_left_the_queue_alone_waited_all_along(legs):
    (call,) = legs(leg("10:00:00", "10:00:00", "10:01:22", "", "82", "ANSWERED")).rows[
        "interaction"
    ]

    assert (call["outcome"], call["talk_s"], call["wait_s"]) == ("no_answer", 0, 9)


def test_an_announcement_before_a_telephone_nobody_picked_up_is_no_answer(legs):
    menu = leg("10:00:00", "10:00:00", "10:00:10", "", "10", "ANSWERED", lastapp="BackGround")
    rung = leg("10:00:10", "", "10:00:30", "PJSIP/101-000a", "0", "NO ANSWER", lastapp="Dial")

    call = legs(menu, rung).rows["interaction"][0]

    assert (call["outcome"], call["agent_ref"], call["talk_s"]) == ("no_answer", "101", 0)


def test_seconds_that_both_ends_of_a_local_channel_tell_of_count_once(legs):
    local = leg("10:00:30", "10:00:40", "10:02:40", "PJSIP/103-000c", "120", "ANSWERED",
                channel="Local/103@from-queue-000d;2", uniqueid="1.2", sequence="4")  # fmt: skip
    passed_on = leg("10:02:40", "10:02:40", "10:03:10", "PJSIP/104-000e", "30", "ANSWERED")

    call = legs(IN_VAIN, SPOKEN, local, passed_on).rows["interaction"][0]

    assert (call["talk_s"], call["agent_ref"]) == (150, "103")


def test_a_call_longer_than_what_is_read_at_once_stays_whole(read, tmp_path, monkeypatch):
    monkeypatch.setattr("ingest.sources.asterisk_cdr.reading.HELD_LINES", 30)
    monkeypatch.setattr("ingest.sources.text_lines.CHUNK_LINES", 7)
    lines = [
        leg("10:00:00", "", "10:00:09", "PJSIP/101-000a", "0", "BUSY", uniqueid=f"{n}.1",
            linkedid=f"{n // 2 if n % 10 == 1 else n - n % 10}.1", sequence=str(n))
        for n in range(400)
    ]  # fmt: skip
    lines[5] = "broken"
    path = tmp_path / "long.csv"
    path.write_text("\n".join(lines) + "\n")

    outcome = read("asterisk_cdr", path, columns=LINKED)

    assert outcome.reasons() == {6: "wrong_number_of_fields"}
    by_id = {}
    for row in outcome.rows["interaction"]:
        by_id.setdefault(row["interaction_id"], set()).add(row["attributes"])
    assert len(by_id["350.1"]) == 1
    assert len(json.loads(by_id["350.1"].pop())["legs"]) == 9


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


def test_a_note_without_a_unique_id_is_no_id(read, tmp_path):
    line = ('"","0049301234","101","from-trunk","","SIP/trunk-1","SIP/101-2","Dial","SIP/101",'
            '"2025-06-02 10:0{n}:00","","2025-06-02 10:0{n}:20",20,0,"NO ANSWER","DOCUMENTATION"'
            ',"{last}"')  # fmt: skip
    path = tmp_path / "Master.csv"
    lasts = ("vip", "vip", "pbx-1748851200.7", "")
    path.write_text("".join(line.format(n=n, last=last) + "\n" for n, last in enumerate(lasts)))

    calls = by_line(read("asterisk_cdr", path))

    ids = [call["interaction_id"] for call in calls.values()]
    assert len(set(ids)) == 4
    assert ids[2] == "pbx-1748851200.7"
    notes = [json.loads(call["attributes"]).get("userfield") for call in calls.values()]
    assert notes == ["vip", "vip", None, None]


@pytest.mark.parametrize(
    ("own", "call_id", "note"),
    [
        ("", "1748851200.1", None),
        ('"1748851200.7",', "1748851200.1", None),
        ('"vip",', "1748851200.1", "vip"),
        ('"1748851200.7","vip",', "1748851200.1", "vip"),
    ],
)
def test_the_new_columns_of_cdr_csv_tie_the_records_of_a_call(read, tmp_path, own, call_id, note):
    line = ('"","0049301234","101","from-trunk","","SIP/trunk-1","SIP/{to}-2","Dial","SIP/101",'
            '"2025-06-02 10:00:00","","2025-06-02 10:00:20",20,0,"NO ANSWER","DOCUMENTATION",'
            '{own}"","1748851200.1",{sequence}')  # fmt: skip
    path = tmp_path / "Master.csv"
    lines = (line.format(to=to, own=own, sequence=n) for n, to in enumerate((101, 102)))
    path.write_text("\n".join(lines) + "\n")

    outcome = read("asterisk_cdr", path)

    assert outcome.rejected == []
    for call in outcome.rows["interaction"]:
        assert (call["interaction_id"], call["customer_ref"]) == (call_id, "phone:0049301234")
        kept = json.loads(call["attributes"])
        assert [one["sequence"] for one in kept["legs"]] == ["0", "1"]
        assert kept.get("userfield") == note


@pytest.mark.parametrize("src", ["anonymous", "Unavailable", "Restricted"])
def test_a_caller_without_a_number_is_no_colleague(read, tmp_path, src):
    (tmp_path / "c.csv").write_text(f"2025-06-01 10:00:00,{src},101,5,3,ANSWERED\n")
    columns = ["start", "src", "dst", "duration", "billsec", "disposition"]

    (call,) = read("asterisk_cdr", tmp_path / "c.csv", columns=columns).rows["interaction"]

    assert (call["direction"], call["customer_ref"]) == ("inbound", None)


def queue_log(tmp_path, *lines, name="queue_log"):
    """Write a queue log beside the records: seconds after ten, and the rest of the line."""
    ten = 1748764800
    text = "".join(f"{ten + seconds}|1.1|{line}\n" for seconds, line in lines)
    (tmp_path / name).write_text(text)


def test_the_queue_log_says_who_answered_and_how_long_the_caller_stood_in_the_queue(legs, tmp_path):
    queue_log(
        tmp_path,
        (20, "support|NONE|ENTERQUEUE||03012345678|1"),
        (25, "support|PJSIP/102|RINGNOANSWER|5000"),
        (40, "support|Local/101@from-queue/n|CONNECT|20|1748764835.9|5"),
        (100, "support|Local/101@from-queue/n|COMPLETECALLER|20|60|1"),
    )
    # before version 12: one record, answered by the queue itself
    old = leg("10:00:00", "10:00:20", "10:01:40", "Local/s@x-01;1", "80", "ANSWERED")

    (call,) = legs(old).rows["interaction"]

    assert (call["outcome"], call["agent_ref"]) == ("answered", "101")
    assert call["answered_at"] == at("2025-06-01 08:00:40")
    assert (call["duration_s"], call["talk_s"], call["wait_s"]) == (9, 60, 20)
    events = json.loads(call["attributes"])["queue_log"]
    assert [one["event"] for one in events] == [
        "ENTERQUEUE", "RINGNOANSWER", "CONNECT", "COMPLETECALLER",
    ]  # fmt: skip
    assert events[1] == {
        "at": "2025-06-01T08:00:25Z", "queue": "support", "member": "PJSIP/102",
        "event": "RINGNOANSWER", "data": ["5000"],
    }  # fmt: skip


def test_records_of_the_telephones_that_rang_keep_their_own_times(legs, tmp_path):
    queue_log(
        tmp_path,
        (0, "support|NONE|ENTERQUEUE||03012345678|1"),
        (41, "support|PJSIP/103|CONNECT|41|1748764835.9|11"),
        (160, "support|PJSIP/103|COMPLETEAGENT|41|119|1"),
    )
    call = legs(IN_VAIN, AGAIN, SPOKEN).rows["interaction"][0]

    assert (call["agent_ref"], call["talk_s"], call["wait_s"]) == ("103", 120, 41)
    assert call["answered_at"] == at("2025-06-01 08:00:40")


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ("support|NONE|ABANDON|1|3|45", "ABANDON"),
        ("support|NONE|EXITWITHTIMEOUT|1|3|45", "EXITWITHTIMEOUT"),
        ("support|NONE|EXITWITHKEY|1|1|3|45", "EXITWITHKEY"),
    ],
)
def test_how_a_caller_left_the_queue_is_the_disposition(legs, tmp_path, line, event):
    queue_log(tmp_path, (5, "support|NONE|ENTERQUEUE||x|1"), (50, line))
    hung_up = leg("10:00:00", "10:00:00", "10:00:50", "", "50", "ANSWERED", lastdata="")

    (call,) = legs(hung_up).rows["interaction"]

    assert (call["outcome"], call["disposition"]) == ("no_answer", event)
    assert (call["queue"], call["wait_s"], call["talk_s"]) == ("support", 45, 0)


def test_of_two_queues_the_waits_until_somebody_answers_add_up(legs, tmp_path):
    queue_log(
        tmp_path,
        (10, "sales|NONE|EXITWITHTIMEOUT|1|1|10"),
        (30, "support|PJSIP/101|CONNECT|20|1748764835.9|5"),
        (60, "support|PJSIP/101|BLINDTRANSFER|30|ext|20|30|1"),
        (90, "sales|PJSIP/102|CONNECT|30|1748764835.9|5"),
        name="queue_log-20250601",
    )
    call = legs(IN_VAIN).rows["interaction"][0]

    assert (call["wait_s"], call["agent_ref"], call["outcome"]) == (30, "101", "answered")


def test_lines_of_a_queue_log_that_say_nothing_are_rejected(tmp_path):
    (tmp_path / "queue_log").write_text(
        "1748764800|1.1|support|NONE|ENTERQUEUE||x|1\nsoon|1.1|support|NONE|ABANDON\n1748764800|x\n"
        "1748764800|NONE|NONE|NONE|QUEUESTART|\n"
    )
    source = Source(name="s", format="asterisk_cdr", path="*", namespace="ns")
    (chunk,) = parse(tmp_path / "queue_log", source)

    assert chunk.rows == {}
    assert (chunk.read, chunk.rejected["position"].to_list()) == (2, [2, 3])
    assert set(chunk.rejected["reason_code"]) == {"malformed_line"}
