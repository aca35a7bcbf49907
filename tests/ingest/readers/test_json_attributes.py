"""Of a line of JSON, what the mapping does not use stays as it was, and nothing comes to it."""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.readers.json_records import read_json_lines
from ingest.readers.table_chunk import TableRequest


def attributes(lines: list[dict[str, Any]], used: tuple[str, ...]) -> list[dict[str, Any]]:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "a.jsonl"
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
        chunks = list(read_json_lines(file, TableRequest(entity="order", used=used)))
    return [json.loads(text) for chunk in chunks for text in chunk.frame["$attributes"]]


def without(record: dict[str, Any], used: tuple[str, ...]) -> dict[str, Any]:
    """Return the record without the used fields, under their names as they are and dotted."""
    left: dict[str, Any] = json.loads(json.dumps(record))
    for name in used:
        left.pop(name, None)
        *parents, last = name.split(".")
        place: Any = left
        for parent in parents:
            place = place.get(parent) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place.pop(last, None)
    return left


@pytest.mark.parametrize(
    ("line", "left"),
    [
        ({"a": 1}, {"a": 1}),
        ({"a": 1, "b": 5}, {"a": 1, "b": 5}),
        ({"b": None}, {"b": None}),
        ({"b": [{"c": 1}]}, {"b": [{"c": 1}]}),
        ({"b": {"c": 1, "e": 2}}, {"b": {"e": 2}}),
        ({"b": {"d": {"e": 1, "f": 2}}}, {"b": {"d": {"f": 2}}}),
        ({"b": {"d": "text"}}, {"b": {"d": "text"}}),
        ({"b.c": 1, "b.d.e": 2, "b.x": 3}, {"b.x": 3}),
    ],
)
def test_a_dotted_field_is_taken_out_of_the_objects_that_are_there(
    line: dict[str, Any], left: dict[str, Any]
) -> None:
    assert attributes([line], ("b.c", "b.d.e")) == [left]


_NAMES = st.sampled_from(["a", "b", "c", "a.b", "ü 'x", "$"])
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=8,
)
_USED = st.lists(_NAMES, min_size=1, max_size=3).map(".".join)


@settings(max_examples=150)
@given(
    lines=st.lists(st.dictionaries(_NAMES, _VALUES, max_size=4), min_size=1, max_size=6),
    used=st.lists(_USED, max_size=4, unique=True).map(tuple),
)
def test_attributes_hold_what_the_record_has_and_the_mapping_does_not_use(
    lines: list[dict[str, Any]], used: tuple[str, ...]
) -> None:
    assert attributes(lines, used) == [without(line, used) for line in lines]
