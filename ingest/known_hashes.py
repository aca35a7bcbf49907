"""Hashes of stored records in; which of new records may be stored already, out.

What is surely new needs no look into the table. Looking for 150,000 records among ten million
compares the texts of all of them: once for each buffer of a load, that grew with the square of it.
"""

from __future__ import annotations

import duckdb
import polars as pl

from ingest.schema import raw_table

_BATCH_ROWS = 1_000_000


class KnownHashes:
    """The record hashes of one entity that are stored, eight bytes of each.

    Two records may share the eight bytes: what is found here has to be looked up in the table.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, entity: str) -> None:
        query = f"select record_hash from {raw_table(entity)}"  # noqa: S608
        batches = con.execute(query).to_arrow_reader(_BATCH_ROWS)
        parts = [_short(pl.Series(batch.column(0))) for batch in batches]
        self._short = pl.concat([pl.Series(dtype=pl.UInt64), *parts], rechunk=True)

    def may_hold(self, record_hash: pl.Series) -> pl.Series | None:
        """Return which records may be stored already; None if none of them is."""
        if self._short.is_empty():
            return None
        asked = _short(record_hash)
        found = self._short.filter(self._short.is_in(asked.implode()))
        return None if found.is_empty() else asked.is_in(found.implode())

    def add(self, record_hash: pl.Series) -> None:
        """Remember records that have been stored."""
        self._short = pl.concat([self._short, _short(record_hash)], rechunk=True)


def _short(record_hash: pl.Series) -> pl.Series:
    return record_hash.hash().rename("")
