"""Columns become JSON objects that the standard library reads back, whatever they are called."""

from __future__ import annotations

import json

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.expressions.exact_column import exact_column
from ingest.expressions.json_text import json_object, members
from ingest.expressions.prefixed import prefixed

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


COLUMNS = st.dictionaries(
    TEXT.filter(bool), st.lists(st.none() | TEXT, min_size=2, max_size=2), min_size=1
)


@given(COLUMNS)
@example({"a{}b": ["{0}", None], '"': ["\\", "\n"]})
@example({"0": [None, "a"], "*": ["b", None], "^.*$": ["c", "d"]})
def test_objects_say_what_the_columns_say(columns: dict[str, list[str | None]]) -> None:
    frame = pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String))

    texts = members({name: exact_column(name) for name in columns})
    objects = frame.select(json_object([texts])).to_series()

    said = [{name: values[n] for name, values in columns.items()} for n in (0, 1)]
    expected = [{name: one for name, one in row.items() if one is not None} for row in said]
    assert [json.loads(text) if text else {} for text in objects] == expected


@given(TEXT, st.lists(st.none() | TEXT, max_size=4))
@example("{}", ["{}", None])
def test_every_prefix_is_taken_as_it_is(prefix: str, texts: list[str | None]) -> None:
    frame = pl.DataFrame({"t": texts}, schema={"t": pl.String})

    found = frame.select(prefixed(prefix, pl.col("t"))).to_series().to_list()

    assert found == [None if text is None else prefix + text for text in texts]
