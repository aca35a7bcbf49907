from __future__ import annotations

import gzip
import json
from datetime import datetime

import polars as pl
import pytest

from ingest.parsed import UnreadableFile
from ingest.sources.segment import calls as segment_calls

at = datetime.fromisoformat


@pytest.fixture
def calls(read, fixtures):
    return read("segment", fixtures / "segment" / "calls.jsonl")


def by_id(outcome):
    return {row["event_id"]: row for row in outcome.rows["web_event"]}


def test_every_line_is_an_event_or_has_a_reason(calls):
    assert calls.read == 14
    assert calls.reasons() == {
        7: "missing_identity",
        8: "missing_identity",
        9: "missing_timestamp",
        10: "unknown_type",
        11: "malformed_json",
        12: "malformed_json",
        13: "empty_line",
    }


def test_a_page_gives_its_address_campaign_and_click_id(calls):
    page = by_id(calls)["m1"]

    assert page["event_type"] == "page"
    assert page["url"].startswith("https://shop.nordlicht.example/lamps?utm_source=news")
    assert "#" not in page["url"]
    assert page["path"] == "/lamps"
    assert page["utm_source"] == "news"
    assert page["utm_campaign"] == "Frühling 25"
    assert page["click_id"] == "gclid:G1"
    assert page["anonymous_id"] == "anonymous_id:a1"
    assert page["user_id"] is None
    assert page["is_bot"] is False
    assert json.loads(page["attributes"]) == {"library": {"name": "analytics.js"}}


@pytest.fixture
def event(read, tmp_path):
    def parse(**said):
        call = {"type": "track", "event": "X", "messageId": "m1", "userId": "17"}
        call |= {"timestamp": "2025-03-01T10:00:00Z", **said}
        (tmp_path / "c.jsonl").write_text(json.dumps(call) + "\n")
        (event,) = read("segment", tmp_path / "c.jsonl").rows["web_event"]
        return event

    return parse


def test_what_the_context_says_beyond_the_columns_is_kept(event):
    context = {
        "ip": "192.0.2.7",
        "traits": {"email": "jane@customer.example", "firstName": "Jane"},
        "campaign": {"source": "news", "name": "spring", "id": "c9"},
        "location": {"city": "Berlin"},
        "referrer": {"id": "R1", "type": "dataxu"},
        "externalIds": [{"id": "x9", "type": "braze_id", "collection": "users"}],
        "active": False,
    }

    found = event(context=context)

    assert found["email"] == "jane@customer.example"
    assert (found["ip"], found["utm_source"]) == ("192.0.2.7", "news")
    assert json.loads(found["attributes"]) == {
        "campaign": context["campaign"],
        "context_traits": context["traits"],
        "context": {
            name: context[name] for name in ("location", "referrer", "externalIds", "active")
        },
    }


def test_every_member_of_the_context_is_in_one_place(event):
    known = json.loads(segment_calls.SHAPE)["context"]
    context = {name: {"x": 1} if shape == "JSON" else "x" for name, shape in known.items()}
    context |= {"page": {"url": "/a"}, "traits": {"x": 1}, "campaign": None, "own": {"y": 2}}

    kept = json.loads(event(context=context)["attributes"])

    assert kept.pop("context") == {"own": {"y": 2}}
    assert kept["device"] == {"x": 1}
    nulls = dict.fromkeys(known)
    assert event(context=nulls)["attributes"] is None


def test_an_empty_campaign_in_the_context_hides_none_in_the_address(event):
    page = {"url": "https://shop.example/?utm_source=news&utm_medium=email"}

    found = event(context={"page": page, "campaign": {"source": "", "medium": "cpc"}})

    assert (found["utm_source"], found["utm_medium"]) == ("news", "cpc")


def test_an_empty_address_in_the_context_hides_none_in_the_traits(event):
    empty = {"traits": {"email": " ", "phone": ""}}
    traits = {"email": "jane@customer.example", "phone": "+49 30 1234"}

    found = event(type="identify", context=empty, traits=traits)

    assert (found["email"], found["phone"]) == ("jane@customer.example", "+49 30 1234")


@pytest.mark.parametrize("nobody", [False, {}, [], "null", None, "[object Object]"])
def test_what_is_sent_for_an_absent_id_is_nobodys(event, nobody):
    assert event(userId=nobody, anonymousId="a1")["user_id"] is None


@pytest.mark.parametrize("number", [17, 17.0, "17", "17.0", " 17 "])
def test_a_user_id_may_be_a_number(event, number):
    assert event(userId=number)["user_id"] == "user_id:17"


def test_a_user_id_that_is_an_address_is_one(event):
    found = event(userId="jane@customer.example")

    assert found["email"] == "jane@customer.example"
    assert found["user_id"] == "user_id:jane@customer.example"
    assert event(userId="jane@shop")["email"] is None
    other = event(userId="jane@customer.example", context={"traits": {"email": "j@x.example"}})
    assert other["email"] == "j@x.example"


def test_a_clock_five_years_ahead_is_corrected_by_the_time_of_receipt(calls):
    track = by_id(calls)["m2"]

    assert track["event_at"] == at("2025-03-01 10:00:05")
    assert track["recorded_at"] == at("2025-03-01 10:00:10")
    assert track["event_name"] == "Product Added"
    assert json.loads(track["attributes"])["properties"] == {"sku": "L-1", "price": 12.5}


def test_only_identify_says_who_the_visitor_is(calls):
    identify, group = by_id(calls)["m3"], by_id(calls)["m5"]

    assert identify["email"] == "jane@customer.example"
    assert identify["phone"] == "+49 30 1234"
    assert identify["user_id"] == "user_id:17"
    assert identify["event_at"] == at("2025-03-01 10:00:00")
    assert group["email"] is None


def test_an_alias_states_that_two_ids_are_one_person(calls):
    (identifier,) = calls.rows["identifier"]

    assert identifier["person_ref"] == "user_id:17"
    assert identifier["id_type"] == "anonymous_id"
    assert identifier["id_value"] == "0f8fad5b-d9cb-469f-a165-70867728950e"
    assert identifier["position"] == 4


def test_an_alias_of_an_address_is_the_persons_address_too(read, tmp_path):
    call = {"type": "alias", "userId": "507f191e81", "previousId": "jen@customer.example"}
    call |= {"messageId": "m1", "timestamp": "2025-03-01T10:00:00Z"}
    (tmp_path / "c.jsonl").write_text(json.dumps(call) + "\n")

    identifiers = read("segment", tmp_path / "c.jsonl").rows["identifier"]

    assert [(row["person_ref"], row["id_type"], row["id_value"]) for row in identifiers] == [
        ("user_id:507f191e81", "user_id", "jen@customer.example"),
        ("user_id:507f191e81", "email", "jen@customer.example"),
    ]


def test_a_call_without_message_id_has_the_same_id_in_every_file(calls, read, fixtures, tmp_path):
    lines = (fixtures / "segment" / "calls.jsonl").read_text().splitlines()
    other = tmp_path / "other.jsonl"
    other.write_text(lines[5] + "\n")

    (screen,) = (r for r in calls.rows["web_event"] if r["event_type"] == "screen")
    (again,) = read("segment", other).rows["web_event"]

    assert screen["event_id"] == again["event_id"]
    assert screen["event_id"].startswith("line:")


def test_a_server_side_page_is_described_by_its_properties(calls):
    page = by_id(calls)["m14"]

    assert page["url"] == "https://shop.nordlicht.example"
    assert page["path"] == "/"
    assert page["title"] == "Start"
    assert page["is_bot"] is True


def test_gzip_zstd_and_plain_files_give_the_same(calls, read, fixtures, tmp_path):
    import pyarrow as pa

    content = (fixtures / "segment" / "calls.jsonl").read_bytes()
    (tmp_path / "c.jsonl.gz").write_bytes(gzip.compress(content))
    with pa.output_stream(str(tmp_path / "c.jsonl.zst"), compression="zstd") as file:
        file.write(content)

    assert read("segment", tmp_path / "c.jsonl.gz") == calls
    assert read("segment", tmp_path / "c.jsonl.zst") == calls


def test_a_cut_off_archive_keeps_the_lines_before_the_cut(read, tmp_path):
    line = '{"type":"page","messageId":"%d","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\n'
    packed = gzip.compress("".join(line % number for number in range(5_000)).encode())
    (tmp_path / "cut.jsonl.gz").write_bytes(packed[: len(packed) // 2])

    outcome = read("segment", tmp_path / "cut.jsonl.gz")

    assert 0 < len(outcome.rows["web_event"]) < 5_000
    assert set(outcome.reasons().values()) == {"truncated_file"}


def test_an_archive_broken_from_the_start_is_unreadable(read, tmp_path):
    (tmp_path / "x.jsonl.gz").write_bytes(b"no archive")

    with pytest.raises(UnreadableFile, match=r"x\.jsonl\.gz: the file is damaged"):
        read("segment", tmp_path / "x.jsonl.gz")


def test_utf_16_is_named_as_such(read, tmp_path):
    (tmp_path / "x.jsonl").write_bytes('{"type":"page"}'.encode("utf-16"))

    with pytest.raises(UnreadableFile, match="UTF-16"):
        read("segment", tmp_path / "x.jsonl")


def test_a_line_of_ten_megabytes_costs_only_itself(read, tmp_path):
    good = '{"type":"page","messageId":"1","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\n'
    huge = '{"type":"page","name":"' + "x" * 10_000_000 + '"}\n'
    (tmp_path / "x.jsonl").write_text(good + huge + good)

    outcome = read("segment", tmp_path / "x.jsonl")

    assert [row["position"] for row in outcome.rows["web_event"]] == [1, 3]
    assert "longer than 1,000,000 bytes" in outcome.rejected[0]["reason"]
    assert len(outcome.rejected[0]["payload"]) == 10_000


def test_a_source_may_set_its_own_limit_of_a_line(read, fixtures):
    outcome = read("segment", fixtures / "segment" / "calls.jsonl", max_line_bytes=400)

    assert outcome.reasons()[1] == "line_too_long"


def test_deep_nesting_is_rejected_line_by_line(read, tmp_path):
    deep = '{"type":"page","userId":"1","timestamp":"2025-03-01T10:00:00Z","properties":%s}\n'
    nested = [deep % ("[" * depth + "]" * depth) for depth in (10, 100, 100_000)]
    brackets = deep % ('"' + "[" * 100 + '"')
    (tmp_path / "x.jsonl").write_text("".join([*nested, brackets]))

    outcome = read("segment", tmp_path / "x.jsonl")

    assert outcome.reasons() == {2: "nested_too_deep", 3: "nested_too_deep"}


def test_a_line_in_another_encoding_costs_only_itself(read, tmp_path):
    good = b'{"type":"page","messageId":"1","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\r\n'
    (tmp_path / "x.jsonl").write_bytes(b"\xef\xbb\xbf" + good + good.replace(b"1", b"\xfc") + good)

    outcome = read("segment", tmp_path / "x.jsonl")

    assert outcome.reasons() == {2: "not_utf8"}
    assert [row["position"] for row in outcome.rows["web_event"]] == [1, 3]


def test_many_chunks_give_what_one_gives(read, tmp_path, monkeypatch):
    line = '{"type":"page","messageId":"%d","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\n\n'
    (tmp_path / "x.jsonl").write_text("".join(line % number for number in range(300)))
    whole = read("segment", tmp_path / "x.jsonl")

    monkeypatch.setattr("ingest.sources.line_bodies.BLOCK_BYTES", 5_000)
    monkeypatch.setattr("ingest.sources.text_lines.CHUNK_LINES", 70)

    chunked = read("segment", tmp_path / "x.jsonl")
    assert chunked.rows == whole.rows
    assert chunked.reasons() == whole.reasons()


def test_an_object_among_the_blanks_that_json_allows_is_a_call(read, tmp_path):
    line = '{"type":"page","messageId":"%d","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\n'
    cut_off = (line % 4)[:40] + "\n"
    (tmp_path / "x.jsonl").write_text(line % 1 + " \t" + line % 2 + " [1]\n" + cut_off + line % 3)

    outcome = read("segment", tmp_path / "x.jsonl")

    assert list(by_id(outcome)) == ["1", "2", "3"]
    assert outcome.reasons() == dict.fromkeys((3, 4), "malformed_json")


def test_a_chunk_that_cannot_be_read_strictly_is_read_line_by_line(read, tmp_path, monkeypatch):
    line = '{"type":"page","messageId":"%d","userId":"1","timestamp":"2025-03-01T10:00:00Z"}\n'
    (tmp_path / "x.jsonl").write_text(line % 1 + '{"broken\n' + "[1]\n" + line % 2)
    strict = read("segment", tmp_path / "x.jsonl")

    monkeypatch.setattr("ingest.sources.segment.calls.STRICT_QUERY", "select error($shape)")

    tolerant = read("segment", tmp_path / "x.jsonl")
    assert tolerant.rows == strict.rows
    assert tolerant.reasons() == strict.reasons() == dict.fromkeys((2, 3), "malformed_json")


CALL = {"type": "page", "messageId": "1", "userId": "1", "timestamp": "2025-03-01T10:00:00Z"}


@pytest.mark.parametrize(
    ("record", "options", "reason"),
    [
        (
            {"payload": CALL},
            {},
            "the call is wrapped under 'payload': set options.envelope to payload",
        ),
        (
            {"body": CALL},
            {"envelope": "payload"},
            "the call is wrapped under 'body': set options.envelope to body",
        ),
        (
            CALL,
            {"envelope": "payload"},
            "the line itself is a call, nothing wraps it: remove options.envelope (payload)",
        ),
        (
            {"a": CALL, "b": CALL},
            {},
            "type is none of page, screen, track, identify, group, alias",
        ),
        (
            {"type": ["page"], "payload": {"type": {}}},
            {},
            "type is none of page, screen, track, identify, group, alias",
        ),
    ],
)
def test_a_call_that_is_not_where_it_is_looked_for_names_the_option(
    read, tmp_path, record, options, reason
):
    (tmp_path / "x.jsonl").write_text(json.dumps(record) + "\n")

    (refused,) = read("segment", tmp_path / "x.jsonl", **options).rejected

    assert refused["reason"] == reason


@pytest.mark.real_data
def test_the_examples_of_the_spec(read, real_data):
    path = real_data / "web_segment_spec" / "segment_spec_examples.jsonl"

    outcome = read("segment", path, envelope="payload")

    assert outcome.read == 34
    assert [row["position"] for row in outcome.rows["web_event"]] == [3, 15, 30, 32, 34]
    reasons = pl.Series(list(outcome.reasons().values())).value_counts().rows()
    assert dict(reasons) == {"missing_timestamp": 16, "unknown_type": 9, "missing_identity": 4}
    campaign = outcome.rows["web_event"][0]
    assert (campaign["utm_source"], campaign["utm_medium"]) == ("Newsletter", "email")


def test_where_a_call_was_to_go_is_kept(read, tmp_path):
    call = {"type": "track", "event": "A", "userId": "1", "timestamp": "2025-03-01T10:00:00Z"}
    path = tmp_path / "calls.json"
    chosen = {"All": False, "Mixpanel": {"x": 1}}
    lines = [call | {"integrations": said} for said in (chosen, {}, None)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    rows = read("segment", path).rows["web_event"]

    assert [row["attributes"] and json.loads(row["attributes"]) for row in rows] == [
        {"integrations": chosen}, None, None,
    ]  # fmt: skip
