"""Hashes of stored records, or of their keys, in; which of new ones may be stored already, out.

What is surely new needs no look into the table. Looking for 150,000 records among ten million
compares the texts of all of them: once for each buffer of a load, that grew with the square of it.
"""

from __future__ import annotations

import duckdb
import numpy as np
import polars as pl

from ingest.from_contracts.schema import raw_table
from ingest.raw.hash_set import HashSet

_BATCH_ROWS = 1_000_000


def with_short_hashes(rows: pl.DataFrame) -> pl.DataFrame:
    """Add ``short_hash``, four bytes of each record's hash, and ``is_repeated`` where it recurs.

    Not for the thread that stores to do, for which everything else waits.
    """
    short = short_hash(rows["record_hash"])
    return rows.with_columns(short, is_repeated=short.is_duplicated())


def short_hash(texts: pl.Series) -> pl.Series:
    """Return four bytes of a hash of each record hash or key."""
    return pl.Series("short_hash", texts.hash().to_numpy().astype(np.uint32))


class KnownHashes:
    """The record hashes or keys that a query gives, four bytes of each.

    Two records may share the four bytes, as one in six hundred does with some other of seven
    million: what is found here has to be looked up in the table.
    """

    def __init__(self, con: duckdb.DuckDBPyConnection, query: str) -> None:
        self._hashes = HashSet()
        for batch in con.execute(query).to_arrow_reader(_BATCH_ROWS):
            self.add(short_hash(pl.Series(batch.column(0))))

    def may_hold(self, asked: pl.Series) -> pl.Series | None:
        """Return which of these short hashes may be stored already; None if none of them is."""
        if not len(self._hashes):
            return None
        found = self._hashes.holds(asked.to_numpy())
        return pl.Series(found) if found.any() else None

    def add(self, stored: pl.Series) -> None:
        """Remember short hashes of records that have been stored."""
        self._hashes.add(stored.to_numpy())


def known_records(con: duckdb.DuckDBPyConnection, entity: str) -> KnownHashes:
    """Return the hashes of all stored records of one entity."""
    return KnownHashes(con, f"select record_hash from {raw_table(entity)}")  # noqa: S608


def known_undated_keys(con: duckdb.DuckDBPyConnection, entity: str) -> KnownHashes:
    """Return the keys of one entity of which a version without a date is stored."""
    query = f"select record_key from {raw_table(entity)} where recorded_at is null"  # noqa: S608
    return KnownHashes(con, query)
