from __future__ import annotations

import json

import pytest

from ingest.parsed import UnreadableFile
from ingest.sources.json_nesting import MAX_NESTING, is_nested_deeper, nesting
from ingest.sources.json_records import json_records


@pytest.fixture
def records(tmp_path):
    def read(content, name="x.json", keys=("items",)):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return list(json_records(path, keys))

    return read


def outcome(records):
    return [record.value if record.value is not None else record.reason_code for record in records]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('[{"a":1},{"a":2}]', [{"a": 1}, {"a": 2}]),
        ('{"items":[{"a":1}],"page":0}', [{"a": 1}]),
        ('{"items":[]}', []),
        ("[]", []),
        ('{"a":1}', [{"a": 1}]),
        ('{"a":1}\n{"a":2}\n', [{"a": 1}, {"a": 2}]),
        ('{"a":1}\nbroken\n{"a":2}', [{"a": 1}, "malformed_json", {"a": 2}]),
        ('[{"a":1}, 5, "x", null]', [{"a": 1}, *["not_an_object"] * 3]),
        ('[{"a":1},\n{"a":2},\n{"a":', [{"a": 1}, {"a": 2}, "malformed_json"]),
        ('{"page":0,"items":[{"a":1},{"a":', [{"a": 1}, "malformed_json"]),
        ('[{"a":1},{"a":NaN},{"a":2}]', [{"a": 1}, "malformed_json"]),
        ('[{"a":1},{"a":1e999}]', [{"a": 1}, "malformed_json"]),
        ('{"a":1}\n{"a":' + "9" * 5000 + "}\n", [{"a": 1}, "malformed_json"]),
        ('\ufeff[{"a":"ü"}]', [{"a": "ü"}]),
    ],
)
def test_every_shape_of_file_gives_its_records(records, content, expected):
    assert outcome(records(content)) == expected


def test_positions_count_from_one(records):
    assert [record.position for record in records('[{"a":1},2,{"a":3}]')] == [1, 2, 3]


def test_utf_16_is_read(records):
    assert outcome(records('[{"a":"ü"}]'.encode("utf-16"))) == [{"a": "ü"}]


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("17", "holds no JSON object but int"),
        ("<html>", "is not JSON"),
        (b"\xff\x00[", "is not UTF-8"),
        ("[" * 100_000, None),
    ],
)
def test_a_file_without_records_is_unreadable(records, content, complaint):
    if complaint is None:
        assert outcome(records(content)) == ["nested_too_deep"]
        return
    with pytest.raises(UnreadableFile, match=complaint):
        records(content)


def test_a_file_above_the_limit_is_unreadable(records, monkeypatch):
    monkeypatch.setattr("ingest.sources.json_documents.MAX_FILE_BYTES", 2 * 1024 * 1024)

    with pytest.raises(UnreadableFile, match="larger than 2 MB"):
        records("[" + " " * 3 * 1024 * 1024 + "]")


@pytest.mark.parametrize("depth", [3, MAX_NESTING, MAX_NESTING + 1, 500])
def test_records_nest_to_a_limit(records, depth):
    text = '{"a":' * depth + "1" + "}" * depth

    expected = "nested_too_deep" if depth > MAX_NESTING else json.loads(text)
    assert outcome(records(f"[{text}]")) == [expected]
    assert outcome(records(text + "\n", name="x.jsonl")) == [expected]


def test_nesting_ignores_brackets_within_texts():
    assert nesting('{"a":"[[[{{{\\"[["}') == 1
    assert nesting('[{"a":[1]},[]]') == 3
    assert nesting('{"unclosed') == 1
    assert not is_nested_deeper({"a": [1, 2]}, 2)
    assert is_nested_deeper({"a": [1, 2]}, 1)
