"""Texts that a mapping is said to give tidy need no stripping."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ingest.source import Company, Source
from ingest.sources.tabular import gives_tidy_texts, map_table

TEXTS = st.one_of(st.none(), st.text(alphabet="ab: \t\u00a0|-", max_size=5))

TIDY: list[Any] = [
    "a",
    {"from": ["a", "b"], "join": "-"},
    {"from": ["a", "b"]},
    {"from": "a", "else": "null"},
    {"from": ["a", "b"], "hash": True},
    {"value": "web shop"},
]
UNTIDY: list[Any] = [
    {"from": ["a", "b"], "join": " "},
    {"from": "a", "values": {"a": " a"}},
    {"from": "a", "patterns": {"a": ""}},
    {"from": "a", "replace": {"a": " "}},
    {"from": "a", "else": {"value": " "}},
    {"value": " web shop"},
    {"value": ""},
    "$file",
]


def orders(setting: Any) -> Source:
    """Return a source of orders of which one text is made by ``setting``."""
    return Source(
        name="orders",
        format="csv",
        path="*",
        namespace="shop",
        entity="order",
        columns={
            "order_id": "id",
            "placed_at": "at",
            "affiliation": setting,
            "customer_ref": {"from": "a", "as": "user_id"},
        },
        company=Company(),
    )


@pytest.mark.parametrize("setting", TIDY)
@given(values=st.lists(st.tuples(TEXTS, TEXTS), min_size=1, max_size=4))
@example(values=[(" a", None), (None, "b "), ("", " ")])
def test_what_is_tidy_needs_no_stripping(
    setting: Any, values: list[tuple[str | None, str | None]]
) -> None:
    source = orders(setting)
    table = pl.DataFrame(values, schema={"a": pl.String, "b": pl.String}, orient="row")
    marks = {"id": pl.lit("1"), "at": pl.lit("2024-06-01"), "$position": pl.lit(1)}
    table = table.with_columns(**marks, **{"$path": pl.lit(" orders.csv")})

    rows = map_table(table, source).rows.select("affiliation", "customer_ref")

    assert gives_tidy_texts(table, source)
    stripped = pl.all().str.strip_chars()
    assert rows.equals(rows.select(pl.when(stripped != "").then(stripped).name.keep()))


@pytest.mark.parametrize("dtype", [pl.Categorical, pl.Binary])
def test_texts_of_types_of_their_own_are_not_stripped(dtype: type[pl.DataType]) -> None:
    table = pl.DataFrame({"a": [" a"], "b": ["b"]}).with_columns(pl.col("a").cast(dtype))

    assert not gives_tidy_texts(table, orders({"from": ["a", "b"]}))


@pytest.mark.parametrize("setting", UNTIDY)
def test_what_a_mapping_adds_may_need_stripping(setting: Any) -> None:
    assert not gives_tidy_texts(pl.DataFrame({"a": ["a"], "b": ["b"]}), orders(setting))
