"""New rows of one entity in; those that raw does not have yet stored, the others counted.

What raw holds in the end depends on the files alone, not on the order in which they arrived:

* An ``event``, and a version of a ``state`` that its source dates (``recorded_at``), is stored
  once; of equal copies the first by (recorded_at, file, position, source) lends its lineage.
* Versions without a date follow each other by (file, position); one that equals the version
  just before it is a duplicate. A version that arrives late may make its successor one, which
  is then removed.

Frames are named in SQL as the parameters they are, and neither registered nor copied to temporary
tables: until its transaction ends, DuckDB keeps whatever either of those held (0.8 GB per million
rows of one load).
"""

from __future__ import annotations

from functools import cached_property

import duckdb
import polars as pl
import pyarrow as pa

from ingest.apart import apart
from ingest.contracts import CONTRACTS
from ingest.copies import first_of_each, new_rows
from ingest.engine import shared
from ingest.known_hashes import KnownHashes
from ingest.repetitions import repetitions
from ingest.schema import polars_schema, raw_table

MOST_WAITING = 150_000
"""Rows that wait before they are looked up: each look reads the keys of the whole table."""

_FEW = 50_000
"""Rows that wait as they are. Looking up the newest 35,000 of 700,000 web events takes half as long
as reading the hashes of all of them."""


class Versions:
    """The rows of one entity, stored within one transaction.

    Rows whose hash is known may be copies, versions without a date may repeat the one before, and
    of a few rows nothing is known. They wait, and are looked up together: the table is read once
    for all of them. ``finish`` has to be called after the last rows.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, entity: str) -> None:
        contract = CONTRACTS[entity]
        self._con = con
        self._table = raw_table(entity)
        self._columns = list(polars_schema(contract))
        self._is_event = contract.kind == "event"
        self._key = ("record_key", "record_hash", *(() if self._is_event else ("recorded_at",)))
        self._entity = entity
        self._waiting: list[pl.DataFrame] = []
        self._undated: list[pl.DataFrame] = []

    @cached_property
    def _known(self) -> KnownHashes:
        """What is stored or waits; versions without a date need not ask."""
        known = KnownHashes(self._con, self._entity)
        for frame in self._waiting:
            known.add(frame["short_hash"])
        return known

    @cached_property
    def _is_empty(self) -> bool:
        """Whether nothing was stored before."""
        row = self._con.execute(f"select not exists (from {self._table})").fetchone()
        return bool(row and row[0])

    def _are_few(self, rows: pl.DataFrame) -> bool:
        """Say whether all rows so far are so few that they wait without being asked for."""
        if "_known" in self.__dict__ or self._is_empty:
            return False
        return sum(frame.height for frame in (*self._waiting, rows)) <= _FEW

    def store(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Insert the rows that are new versions.

        Parameters
        ----------
        rows
            Rows with the schema of ``raw.<entity>``, and their short hashes.

        Returns
        -------
        ``rows_loaded`` and ``rows_duplicate`` per ``file``, of the rows that need not wait.
        """
        rows = rows.with_row_index("row_number")
        undated = rows.clear()
        if not self._is_event and rows["recorded_at"].null_count():
            undated = rows.filter(pl.col("recorded_at").is_null())
            rows = rows.filter(pl.col("recorded_at").is_not_null())
        counts = [_NO_COUNTS, *([self._insert_dated(rows)] if not rows.is_empty() else [])]
        if not undated.is_empty():
            self._undated.append(undated)
        if sum(frame.height for frame in (*self._waiting, *self._undated)) >= MOST_WAITING:
            counts.append(self.finish())
        return pl.concat(counts)

    def _insert_dated(self, rows: pl.DataFrame) -> pl.DataFrame:
        if self._are_few(rows):
            self._waiting.append(rows)
            return _NO_COUNTS
        waits = self._known.may_hold(rows["short_hash"])
        if waits is not None:
            self._waiting.append(apart(rows.filter(waits)))
        self._known.add(rows["short_hash"])
        repeated, single = rows["is_repeated"], ~rows["is_repeated"]
        if waits is not None:
            repeated, single = repeated & ~waits, single & ~waits
        first = first_of_each(rows.filter(repeated), self._key)
        fresh = pl.concat([rows["row_number"].filter(single), first["row_number"]])
        return self._insert(rows, fresh, waits)

    def finish(self) -> pl.DataFrame:
        """Decide on the rows that wait; return their counts per ``file``."""
        waiting, undated, counts = self._waiting, self._undated, [_NO_COUNTS]
        self._waiting, self._undated = [], []
        if waiting:
            rows = _renumbered(waiting)
            fresh = new_rows(self._con, self._table, rows, self._key)
            counts.append(self._insert(rows, fresh["row_number"]))
        if undated:
            counts.append(self._insert_undated(_renumbered(undated)))
        return pl.concat(counts)

    def _insert_undated(self, rows: pl.DataFrame) -> pl.DataFrame:
        repeated = repetitions(self._con, self._table, rows)
        fresh = rows.filter(~pl.col("row_number").is_in(repeated.implode()))
        return self._insert(rows, fresh["row_number"])

    def _insert(
        self, rows: pl.DataFrame, fresh_numbers: pl.Series, waits: pl.Series | None = None
    ) -> pl.DataFrame:
        """Insert the rows of these numbers; count them and the others, but for those that wait."""
        is_fresh = pl.repeat(True, rows.height, eager=True)
        fresh = rows
        if len(fresh_numbers) < rows.height:
            is_fresh = rows["row_number"].is_in(fresh_numbers.implode())
            fresh = rows.filter(is_fresh)
        if not fresh.is_empty():
            _insert(self._con, self._table, shared(fresh.select(self._columns)))
        counted = rows.select("file", is_fresh=is_fresh)
        return _counts(counted if waits is None else counted.filter(~waits))


def _renumbered(frames: list[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames).drop("row_number").with_row_index("row_number")


def _insert(con: duckdb.DuckDBPyConnection, table: str, fresh_rows: pa.Table) -> None:
    con.execute(f"insert into {table} select * from fresh_rows")  # noqa: S608


def _counts(rows: pl.DataFrame) -> pl.DataFrame:
    """Count rows of ``file`` and ``is_fresh``."""
    return rows.group_by("file").agg(
        rows_loaded=pl.col("is_fresh").sum().cast(pl.Int64),
        rows_duplicate=(~pl.col("is_fresh")).sum().cast(pl.Int64),
    )


_NO_COUNTS = _counts(pl.DataFrame(schema={"file": pl.String, "is_fresh": pl.Boolean}))
