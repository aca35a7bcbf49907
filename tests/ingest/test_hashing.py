"""The hash of a row's parts is that of the parts that it has, joined."""

from __future__ import annotations

import hashlib

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from ingest.hashing import md5_of_parts

MICROSECONDS = st.none() | st.integers(-70_000_000_000_000_000, 300_000_000_000_000_000)

TEXTS = st.none() | st.text(alphabet="a\x1f'é", max_size=3)


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(st.tuples(*[TEXTS] * width), min_size=1, max_size=4)
    )
)
def test_a_part_that_is_null_goes_with_its_name(rows: list[tuple[str | None, ...]]) -> None:
    names = [f"{letter}=" for letter in "abcd"[: len(rows[0])]]
    parts = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()), orient="row")

    hashed = md5_of_parts(parts, "\x1f")

    assert hashed.to_list() == [
        hashlib.md5(
            "\x1f".join(
                name + text for name, text in zip(names, row, strict=True) if text is not None
            ).encode(),
            usedforsecurity=False,
        ).hexdigest()
        for row in rows
    ]


@given(st.lists(MICROSECONDS, min_size=1, max_size=4))
def test_a_time_is_hashed_as_the_text_that_polars_makes_of_it(moments: list[int | None]) -> None:
    times = pl.DataFrame({"a=": pl.Series(moments, dtype=pl.Int64).cast(pl.Datetime("us"))})
    texts = times.select(pl.all().dt.strftime("%Y-%m-%dT%H:%M:%S%.6f"))

    assert md5_of_parts(times, "|").to_list() == md5_of_parts(texts, "|").to_list()
