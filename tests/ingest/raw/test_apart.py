"""Rows that wait hold their own texts alone, and are the same rows."""

from __future__ import annotations

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ingest.engine import scratch, shared
from ingest.raw.apart import apart

ROWS = pl.DataFrame(
    {
        "text": [f"{number} {'x' * 500}" for number in range(1000)],
        "absent": pl.Series([None] * 1000, dtype=pl.String),
        "refs": pl.Series([[], None, ["a"], [None]] * 250, dtype=pl.List(pl.String)),
        "amount": pl.Series(range(1000), dtype=pl.Decimal(18, 4)),
        "is_first": [number == 0 for number in range(1000)],
    }
)


def bytes_held(frame: pl.DataFrame) -> int:
    return sum(
        buffer.size
        for chunk in shared(frame).column("text").chunks
        for buffer in chunk.buffers()
        if buffer is not None
    )


def test_a_few_rows_are_the_same_and_hold_nothing_else() -> None:
    few = ROWS.filter(pl.col("amount") % 100 == 0)
    assert bytes_held(few) > 100_000

    copied = apart(few)

    assert_frame_equal(copied, few)
    assert bytes_held(copied) < 10_000


def test_no_row_is_a_copy_of_no_row() -> None:
    assert_frame_equal(apart(ROWS.clear()), ROWS.clear())


def test_lists_without_items_are_read_without_a_warning(capfd: pytest.CaptureFixture[str]) -> None:
    table = shared(apart(ROWS.filter(pl.col("refs").is_null())))
    with scratch() as con:
        con.register("rows", table)
        found = con.execute("select refs from rows").fetchall()
    assert found == [(None,)] * 250
    assert capfd.readouterr().err == ""
